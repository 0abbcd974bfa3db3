// Package simulation plays the close protocol's real use cases against a hostile world, by seed.
//
// One seed is one history of a few days: disputes, WooshPay and its moods, webhooks, the table's stream,
// closers, sweepers, the reconciler, operators and people at WooshPay. Everything runs in one goroutine at a
// time and in virtual time; an actor gives way before and after every call it makes, so that any two of them
// interleave at every step. The promises of docs/protocol.md are watched at the ports, from their text and
// not by the code under test. When the faults stop, every case must come to rest.
//
// A seed decides everything: the same seed gives the same history, bit for bit.
package simulation
