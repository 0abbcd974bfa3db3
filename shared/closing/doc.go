// Package closing holds the life of a case, from the first news of a dispute to its end.
//
// Closing concedes money and cannot be undone. A state change is a function of a case, a fact and an instant that returns
// the next case: no clock, no I/O. The use cases around them load, look, decide, claim, act and record. The names in
// parentheses (HandsOff, Window, …) are the protocol's rules; docs/protocol.md says what breaks without each.
//
// # The path of one close
//
// The files stand in the order of a case's life. Read them in this order:
//
//   - learn.go: functions/webhook verifies an event and hands it to [Learner.Learn], which stores the news and arms the
//     case in one conditional write. The stream's filter in template.yaml passes armed cases to functions/closer;
//     [Sweeper.Sweep] arms again what the stream lost.
//   - work.go: [Closer.Work] loads the case, leaves it to the holder of a live claim, and looks at the dispute and its charge.
//   - decide.go: [Judge.Decide] asks the rules ([policy.Policy.Explain]), an operator's order above them and the guards
//     ([policy.Policy.Guard]) above both. A live close is planned, and permitted from [Case.CloseAt] on.
//   - close.go: the irreversible act, top-down. Case.claim makes the claim, [Ledger.Claim] stores it with the budget and
//     the switch in one transaction, [Provider.Close] sends the one POST; then look after it, and record.
//   - outcome.go: what the POST's answer and the look after it mean, and every end of a case.
//
// Beside the path: case.go says which fields a case may have in which state, schedule.go when it is next looked at and who
// is told. ports.go is what the use cases need; sweep.go, reconcile.go and operator.go (with why.go) are the other use cases;
// journal.go is what people did and how cases ended; note.go is what is logged, deadline.go an invocation's time, and
// replayed.go serves backtests.
package closing
