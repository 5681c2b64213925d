// Package backup drills the backup: it is taken while people book and cancel, restored on an empty machine, on the same engine and on the other one, and
// must be one moment of the installation, with everything that was acknowledged before it began.
package backup
