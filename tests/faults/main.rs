//! Real faults on real sockets: what each comes to, how many requests reach the server, and that
//! nothing is lost or doubled.

mod bench;
mod clock_skew;
mod connections;
mod load;
mod refusals;
mod restart;
mod timeouts;
