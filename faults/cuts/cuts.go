// Package cuts breaks the wires: between the server and PostgreSQL, between the browser and the server, between two nodes and their jobs, and a primary
// database from its standby. It promises that afterwards every request has ended as yes, as no, or as unknown and then settled by sending the same form
// again; that what was acknowledged is there, once; and that nothing is there that nobody was told of.
//
// Short in every run of the tests, long in the night (package report). Each harness has a bug of its own planted in the product (package planted) that it
// must find. Crashes of the machine and the disk are left to the other packages of faults. There is nothing to import here but tests.
package cuts
