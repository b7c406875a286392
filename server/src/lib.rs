//! The composition root: configuration, sign-in, routes, live stream, command line.
