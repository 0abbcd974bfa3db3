// Package load measures the webhook function under a burst and the sweep over many cases, with the handlers that are
// deployed, in one process, and fails if anything is lost or if a case costs more calls the more cases there are. Times
// are reported and never judged: they are those of DynamoDB Local and of this machine.
//
// The tests need the build tags `parts` and `load`, and what `make tools` installs.
package load
