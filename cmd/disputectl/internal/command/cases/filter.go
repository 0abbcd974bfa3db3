package cases

import (
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/closing"
)

// filter chooses rows; an empty field chooses all.
type filter struct {
	states, currencies, rules []string
	due, deadline, older      cli.Span
	person                    bool
}

func filterFlags(cmd *cobra.Command, f *filter) {
	flags := cmd.Flags()
	flags.StringSliceVar(&f.states, "state", nil, "only cases in this `STATE`: "+strings.Join(allStates, ", "))
	flags.StringSliceVar(&f.currencies, "currency", nil, "only amounts in this `CURRENCY`")
	flags.StringSliceVar(&f.rules, "rule", nil, "only cases that this `RULE` decided")
	flags.Var(&f.due, "due", "only cases to be looked at within this `TIME`, such as 2h")
	flags.Var(&f.deadline, "deadline", "only disputes to be answered within this `TIME`, such as 3d")
	flags.Var(&f.older, "older", "only disputes opened at least this `TIME` ago, such as 7d")
	flags.BoolVar(&f.person, "person", false, "only cases that wait for a person")
	_ = cmd.RegisterFlagCompletionFunc("state", cobra.FixedCompletions(allStates, cobra.ShellCompDirectiveNoFileComp)) // The flag is there.
}

var unfinishedStates = []string{string(closing.Open), string(closing.Scheduled), string(closing.Closing), string(closing.Failed)}

var allStates = slices.Concat(unfinishedStates, finishedStates)

// check refuses a filter that can match no case.
func (f *filter) check(cmd *cobra.Command) error {
	for _, state := range f.states {
		if !slices.Contains(allStates, state) {
			return cli.Fail(cli.Misused, cli.Choose(state, allStates), "%q is not a state", state)
		}
	}
	for i, currency := range f.currencies {
		f.currencies[i] = strings.ToLower(currency)
	}
	if f.finished() {
		return f.checkFinished(cmd)
	}
	return nil
}

func (f *filter) chooses(r view.Row, now time.Time) bool {
	return among(f.states, string(r.State)) && among(f.currencies, r.Currency) && among(f.rules, r.Rule) &&
		(!f.person || len(r.Person) > 0) &&
		(f.due == 0 || !r.DueAt.After(now.Add(time.Duration(f.due)))) &&
		(f.deadline == 0 || !r.Deadline.IsZero() && !r.Deadline.After(now.Add(time.Duration(f.deadline)))) &&
		f.oldEnough(r.Created, now)
}

func (f *filter) oldEnough(created, now time.Time) bool {
	return f.older == 0 || !created.IsZero() && !created.After(now.Add(-time.Duration(f.older)))
}

func among(chosen []string, value string) bool {
	return len(chosen) == 0 || slices.Contains(chosen, value)
}
