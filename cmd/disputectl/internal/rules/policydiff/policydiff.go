// Package policydiff compares two policies: which past disputes they would have decided differently, and which settings
// differ.
//
// It compares what the rules and the guards want, and when. Budgets are compared only as settings, because what they refuse
// to one dispute depends on all others; package backtest counts that.
package policydiff

import (
	"context"
	"fmt"
	"io"
	"runtime"

	"disputecloser/cmd/disputectl/internal/rules/backtest/replay"
	"disputecloser/cmd/disputectl/internal/rules/history"
	"disputecloser/shared/policy"
)

// Options say what is assumed, and how the file is read.
type Options struct {
	Replay  replay.Options
	History history.Options
}

// MaxExamples is how many disputes of each kind of change are named.
const MaxExamples = 5

// Fate is what a policy would do with a dispute.
type Fate struct {
	Action replay.Fate `json:"action"`
	// Rule is the rule that decided; empty if none did.
	Rule string `json:"rule"`
	// Clock is the rule's, such as "after 24h", where it closes; empty otherwise.
	Clock string `json:"clock"`
	// Late is set for a close after the deadline.
	Late bool `json:"late"`
	// Guard names the guard that stopped the rule's close; empty if none did.
	Guard policy.Guard `json:"guard"`
}

// Count is a number of disputes of one currency and the sum of their amounts in its minor unit; unknown
// amounts count as nothing.
type Count struct {
	// Currency is empty if unknown.
	Currency string `json:"currency"`
	Count    int64  `json:"count"`
	Amount   int64  `json:"amount"`
}

// Example is one dispute whose fate changed.
type Example struct {
	ID string `json:"id"`
	// Amount is in the currency's minor unit, null if unknown.
	Amount   *int64 `json:"amount"`
	Currency string `json:"currency"`
	// OldAt and NewAt are when the policies would first have tried to close it; empty if they would not.
	OldAt string `json:"old_at"`
	NewAt string `json:"new_at"`
	// Won means that it was won when fought.
	Won bool `json:"won_when_fought,omitempty"`
}

// Change is a group of disputes whose fate changed in the same way.
type Change struct {
	Old Fate `json:"old"`
	New Fate `json:"new"`
	// OnlyTime means that the same rule closes them by the same clock at another time.
	OnlyTime bool  `json:"only_time"`
	Count    int64 `json:"count"`
	// Currencies are in alphabetic order, the unknown one last.
	Currencies []Count `json:"currencies"`
	// Regrets are those of them that were won when fought: conceding them would have been, or was, a mistake.
	Regrets []Count `json:"won_when_fought"`
	// Examples are the largest, at most MaxExamples. Amounts of several currencies are compared by rough US dollars.
	Examples []Example `json:"examples"`
}

// Side is one of the two policies.
type Side struct {
	Policy string      `json:"policy"`
	Mode   policy.Mode `json:"mode"`
	// Closes are what the policy wants closed before any budget is asked.
	Closes []Count `json:"closes"`
}

// Report is what differs between two policies over a history.
type Report struct {
	Old Side `json:"old"`
	New Side `json:"new"`
	// Changed reports whether anything changed: a setting, a rule, or a dispute's fate.
	Changed     bool            `json:"changed"`
	Settings    []Setting       `json:"settings"`
	Rules       []Rule          `json:"rules"`
	Assumptions []string        `json:"assumptions"`
	Replay      replay.Options  `json:"replay"`
	History     history.Summary `json:"history"`
	// Modes are those of the disputes.
	Modes replay.Modes `json:"modes"`
	// Disputes counts those of the history, Moved those whose fate changed.
	Disputes int64 `json:"disputes"`
	Moved    int64 `json:"moved"`
	// Changes are in order of their number of disputes, the most first.
	Changes []Change `json:"changes"`
}

// Run replays every dispute of the file with both policies. It returns policy.Compile's error for a document
// that does not compile, and history.Read's, with which the report covers what could be read.
func Run(ctx context.Context, before, after policy.Document, r io.Reader, o Options) (Report, error) {
	older, err := replay.New(before, o.Replay)
	if err != nil {
		return Report{}, fmt.Errorf("compare: old policy: %w", err)
	}
	newer, err := replay.New(after, o.Replay)
	if err != nil {
		return Report{}, fmt.Errorf("compare: new policy: %w", err)
	}
	workers := make([]*worker, runtime.GOMAXPROCS(0))
	visitors := make([]history.Visitor, len(workers))
	for i := range workers {
		workers[i] = newWorker(older, newer)
		visitors[i] = workers[i]
	}
	read, err := history.Read(ctx, r, o.History, visitors...)
	if err != nil {
		err = fmt.Errorf("compare: %w", err)
	}
	return report(older, newer, o.Replay, read, workers), err
}
