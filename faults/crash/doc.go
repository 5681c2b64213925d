// Package crash ends Luukku in the ways that no program is asked about: kill -9, a power cut, a disk without room, a database server that dies.
//
// Each harness runs the product in a process of its own, lets sixteen clients book, hold, move and cancel in it, and writes down what was answered. After
// the end, everything that was acknowledged must be there whole: the appointment at its time, its cells, its person, its notice and the task that sends
// it; and the database must not contradict itself. Each harness has a planted bug that it must find (base/planted). There is nothing to import here.
package crash
