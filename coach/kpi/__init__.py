"""The figures that a manual demands of a service centre, from its records of calls, consultations and complaints."""
