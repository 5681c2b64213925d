// Package model is the harness that holds the booking room against models: a hold that runs out against whoever confirms in that very second, in every
// order; histories of many clients at once against a sequential model of who has which time; and long random walks in which every time is free, held or
// booked, as a naive count has it.
//
// It promises that the real room runs over the real engines, SQLite and PostgreSQL with one node and with two, that the models know nothing of how the
// room works, and that each first catches a bug planted in it (base/planted). Crashes and cut connections are left to the packages beside it.
package model
