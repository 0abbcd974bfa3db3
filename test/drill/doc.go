// Package drill kills the functions' executable, on real parts, at every step at which it speaks to anybody, and
// checks that no dispute is closed twice and none is lost.
//
// Each function is the executable of ./functions in a process of its own under a small Runtime API. All that a
// process can reach lies behind one door: DynamoDB Local on disk, a sandbox for WooshPay, the secrets. An undisturbed
// run counts the steps; then, for each step, fresh processes are ended with SIGKILL just before the request is passed
// on, and others just after it was carried out and before the answer is. An answer that arrived is the moment before
// the next step, and the last step is the answer to Lambda: no moment is left between two of them that anybody
// outside could tell apart. Afterwards the system goes on by its schedules only.
//
// Claims last two minutes and graces a day, so time has to pass. The executable that is killed is the deployed one,
// unchanged. Those that go on after it differ in one function: clock, in functions/start.go, is replaced at build
// (go build -overlay) by one that runs ahead by what a file says, and WooshPay's clock runs with it. All durations are
// the real ones. Where time has passed before the kill (the second close of a case), the killed one has that clock too.
//
// The tests need the build tag `parts` and what `make tools` installs. ROUNDS is how often each boundary is tried.
package drill
