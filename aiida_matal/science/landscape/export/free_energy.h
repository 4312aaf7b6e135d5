/* A free energy of composition and order parameters, fitted by a network; README.md says more of it.

   eta has FREE_ENERGY_D components: the composition, and order parameters. Energies are in eV a site. */
#ifndef FREE_ENERGY_H
#define FREE_ENERGY_H

#ifdef __cplusplus
extern "C" {
#endif

#define FREE_ENERGY_D @D@

/* Return the free energy; it is 0 at the origin. */
double free_energy_g(const double *eta);

/* Write its FREE_ENERGY_D derivatives to mu. */
void free_energy_mu(const double *eta, double *mu);

/* Write its second derivatives to hessian, FREE_ENERGY_D rows one after the other. */
void free_energy_hessian(const double *eta, double *hessian);

#ifdef __cplusplus
}
#endif

#endif
