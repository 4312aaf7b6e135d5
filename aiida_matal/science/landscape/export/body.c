
/* The network, the polynomials that it takes and their derivatives. */

static double activation(double x, double *slope, double *bend)
{
    const double t = tanh(ACTIVATION == TANH ? x : 0.5 * x);
    const double share = 0.5 + 0.5 * t;
    if (ACTIVATION == TANH) {
        *slope = 1 - t * t;
        *bend = -2 * t * *slope;
        return t;
    }
    *slope = share * (1 - share);
    if (ACTIVATION == SOFTPLUS) {
        *bend = *slope;
        *slope = share;
        return (x > 0 ? x : 0) + log1p(exp(-fabs(x)));
    }
    *bend = *slope * (2 + x * (1 - 2 * share));
    *slope = share + x * *slope;
    return x * share;
}

/* A derivative of a term with respect to none, one or two order parameters; -1 stands for no order parameter. */
static double term(int number, double powers[][MAX_POWER + 1], int first, int second)
{
    double value = TERM_COEFFICIENT[number];
    for (int k = 0; k < FREE_ENERGY_D - 1; k++) {
        int power = TERM_POWERS[number][k];
        for (int times = (k == first) + (k == second); times > 0; times--) {
            value *= power;
            power -= power > 0;
        }
        value *= powers[k][power];
    }
    return value;
}

static void fill_powers(const double *eta, double powers[][MAX_POWER + 1])
{
    for (int k = 0; k < FREE_ENERGY_D - 1; k++) {
        powers[k][0] = 1;
        for (int power = 1; power <= MAX_POWER; power++)
            powers[k][power] = powers[k][power - 1] * eta[k + 1];
    }
}

static void fill_inputs(const double *eta, double powers[][MAX_POWER + 1], double *inputs)
{
    for (int i = 0; i < N_INPUTS; i++)
        inputs[i] = -INPUT_SHIFT[i];
    inputs[0] += eta[0];
    for (int number = 0; number < N_TERMS; number++)
        inputs[TERM_INPUT[number]] += term(number, powers, -1, -1);
}

/* Return the output; slopes and bends are those of the activations of each hidden layer. */
static double forward(const double *inputs, double slopes[][MAX_WIDTH], double bends[][MAX_WIDTH])
{
    double from[MAX_WIDTH], to[MAX_WIDTH];
    const double *weights = WEIGHTS, *biases = BIASES;
    for (int i = 0; i < N_INPUTS; i++)
        from[i] = inputs[i];
    for (int layer = 0; layer < N_HIDDEN; layer++) {
        const int width = WIDTHS[layer + 1];
        for (int j = 0; j < width; j++)
            to[j] = biases[j];
        for (int i = 0; i < WIDTHS[layer]; i++)
            for (int j = 0; j < width; j++)
                to[j] += from[i] * weights[i * width + j];
        for (int j = 0; j < width; j++)
            from[j] = activation(to[j], &slopes[layer][j], &bends[layer][j]);
        weights += WIDTHS[layer] * width;
        biases += width;
    }
    double output = 0;
    for (int i = 0; i < WIDTHS[N_HIDDEN]; i++)
        output += from[i] * weights[i];
    return output;
}

/* Fill gradient, the derivatives of the output with respect to the inputs. The bends of each layer get the factor of
   the derivative of the output with respect to what the layer hands on. */
static void backward(double slopes[][MAX_WIDTH], double bends[][MAX_WIDTH], double *gradient)
{
    double from[MAX_WIDTH], to[MAX_WIDTH];
    const double *weights = WEIGHTS + N_WEIGHTS - WIDTHS[N_HIDDEN];
    for (int j = 0; j < WIDTHS[N_HIDDEN]; j++)
        from[j] = weights[j];
    for (int layer = N_HIDDEN - 1; layer >= 0; layer--) {
        const int width = WIDTHS[layer + 1];
        weights -= WIDTHS[layer] * width;
        for (int j = 0; j < width; j++)
            bends[layer][j] *= from[j];
        for (int i = 0; i < WIDTHS[layer]; i++) {
            to[i] = 0;
            for (int j = 0; j < width; j++)
                to[i] += weights[i * width + j] * slopes[layer][j] * from[j];
        }
        for (int i = 0; i < WIDTHS[layer]; i++)
            from[i] = to[i];
    }
    for (int i = 0; i < N_INPUTS; i++)
        gradient[i] = from[i];
}

/* The free energy of ideal mixing on the sublattices, where the model has it. */

static double occupation(const double *eta, int sublattice, double *beyond)
{
    double x = 0;
    for (int i = 0; i < FREE_ENERGY_D; i++)
        x += eta[i] * OCCUPATIONS[i][sublattice];
    const double inside = x < SMALLEST ? SMALLEST : x > 1 - SMALLEST ? 1 - SMALLEST : x;
    *beyond = x - inside;
    return inside;
}

static double mixing_slope(double x) { return log(x) - log1p(-x); }

static double mixing_bend(double x) { return 1 / (x * (1 - x)); }

double free_energy_g(const double *eta)
{
    double powers[FREE_ENERGY_D - 1][MAX_POWER + 1], inputs[N_INPUTS];
    double slopes[N_HIDDEN][MAX_WIDTH], bends[N_HIDDEN][MAX_WIDTH];
    fill_powers(eta, powers);
    fill_inputs(eta, powers, inputs);
    double value = forward(inputs, slopes, bends) - AT_ORIGIN;
    for (int l = 0; l < N_SUBLATTICES; l++) {
        double beyond;
        const double x = occupation(eta, l, &beyond);
        const double inside = x * log(x) + (1 - x) * log1p(-x);
        value += KT_PER_SUBLATTICE * (inside + (mixing_slope(x) + 0.5 * mixing_bend(x) * beyond) * beyond);
    }
    return value;
}

void free_energy_mu(const double *eta, double *mu)
{
    double powers[FREE_ENERGY_D - 1][MAX_POWER + 1], inputs[N_INPUTS], gradient[N_INPUTS];
    double slopes[N_HIDDEN][MAX_WIDTH], bends[N_HIDDEN][MAX_WIDTH];
    fill_powers(eta, powers);
    fill_inputs(eta, powers, inputs);
    forward(inputs, slopes, bends);
    backward(slopes, bends, gradient);
    mu[0] = gradient[0];
    for (int k = 0; k < FREE_ENERGY_D - 1; k++) {
        mu[k + 1] = 0;
        for (int number = 0; number < N_TERMS; number++)
            if (TERM_POWERS[number][k] > 0)
                mu[k + 1] += gradient[TERM_INPUT[number]] * term(number, powers, k, -1);
    }
    for (int l = 0; l < N_SUBLATTICES; l++) {
        double beyond;
        const double x = occupation(eta, l, &beyond);
        const double slope = mixing_slope(x) + mixing_bend(x) * beyond;
        for (int i = 0; i < FREE_ENERGY_D; i++)
            mu[i] += KT_PER_SUBLATTICE * slope * OCCUPATIONS[i][l];
    }
}

/* Add the second derivatives of the inputs, each times the derivative of the output with respect to it. */
static void add_inputs(double powers[][MAX_POWER + 1], const double *gradient, double *hessian)
{
    for (int first = 0; first < FREE_ENERGY_D - 1; first++)
        for (int second = 0; second < FREE_ENERGY_D - 1; second++)
            for (int number = 0; number < N_TERMS; number++)
                if (TERM_POWERS[number][first] > 0 && TERM_POWERS[number][second] > 0)
                    hessian[(first + 1) * FREE_ENERGY_D + second + 1]
                        += gradient[TERM_INPUT[number]] * term(number, powers, first, second);
}

/* Add what the curvature of the activations contributes; along holds derivatives of a layer by the components of eta. */
static void add_layers(double along[][MAX_WIDTH], double slopes[][MAX_WIDTH], double bends[][MAX_WIDTH],
                       double *hessian)
{
    double to[MAX_WIDTH];
    const double *weights = WEIGHTS;
    for (int layer = 0; layer < N_HIDDEN; layer++) {
        const int width = WIDTHS[layer + 1];
        for (int a = 0; a < FREE_ENERGY_D; a++) {
            for (int j = 0; j < width; j++)
                to[j] = 0;
            for (int i = 0; i < WIDTHS[layer]; i++)
                for (int j = 0; j < width; j++)
                    to[j] += along[a][i] * weights[i * width + j];
            for (int j = 0; j < width; j++)
                along[a][j] = to[j];
        }
        for (int a = 0; a < FREE_ENERGY_D; a++)
            for (int b = 0; b < FREE_ENERGY_D; b++)
                for (int j = 0; j < width; j++)
                    hessian[a * FREE_ENERGY_D + b] += along[a][j] * bends[layer][j] * along[b][j];
        for (int a = 0; a < FREE_ENERGY_D; a++)
            for (int j = 0; j < width; j++)
                along[a][j] *= slopes[layer][j];
        weights += WIDTHS[layer] * width;
    }
}

void free_energy_hessian(const double *eta, double *hessian)
{
    double powers[FREE_ENERGY_D - 1][MAX_POWER + 1], inputs[N_INPUTS], gradient[N_INPUTS];
    double slopes[N_HIDDEN][MAX_WIDTH], bends[N_HIDDEN][MAX_WIDTH], along[FREE_ENERGY_D][MAX_WIDTH];
    fill_powers(eta, powers);
    fill_inputs(eta, powers, inputs);
    forward(inputs, slopes, bends);
    backward(slopes, bends, gradient);
    for (int i = 0; i < FREE_ENERGY_D * FREE_ENERGY_D; i++)
        hessian[i] = 0;
    for (int a = 0; a < FREE_ENERGY_D; a++)
        for (int i = 0; i < N_INPUTS; i++)
            along[a][i] = a == 0 && i == 0;
    for (int number = 0; number < N_TERMS; number++)
        for (int k = 0; k < FREE_ENERGY_D - 1; k++)
            if (TERM_POWERS[number][k] > 0)
                along[k + 1][TERM_INPUT[number]] += term(number, powers, k, -1);
    add_inputs(powers, gradient, hessian);
    add_layers(along, slopes, bends, hessian);
    for (int l = 0; l < N_SUBLATTICES; l++) {
        double beyond;
        const double bend = KT_PER_SUBLATTICE * mixing_bend(occupation(eta, l, &beyond));
        for (int a = 0; a < FREE_ENERGY_D; a++)
            for (int b = 0; b < FREE_ENERGY_D; b++)
                hessian[a * FREE_ENERGY_D + b] += bend * OCCUPATIONS[a][l] * OCCUPATIONS[b][l];
    }
}
