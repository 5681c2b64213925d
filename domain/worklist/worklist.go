// Package worklist is the room of work that lies before those who work here: what came in, whose it is to answer, by when, and what became of it. Conversations by
// text message are the first kind of work in it; letters and submissions will lie in the same lists.
package worklist
