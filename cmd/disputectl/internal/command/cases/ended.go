package cases

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/closing"
)

var finishedStates = []string{string(closing.Closed), string(closing.Resolved), string(closing.Missing)}

// endedDays is how many days a list of finished cases goes back if none are named.
const endedDays = 7

// finished reports whether the filter asks for finished cases.
func (f *filter) finished() bool {
	return slices.ContainsFunc(f.states, func(state string) bool { return closing.State(state).Finished() })
}

// checkFinished refuses a filter that says nothing about finished cases.
func (f *filter) checkFinished(cmd *cobra.Command) error {
	for _, state := range f.states {
		if !closing.State(state).Finished() {
			return cli.Fail(cli.Misused, "list them one after the other", "%s cases are not finished, and %s cases are", state, strings.Join(finishedStates, ", "))
		}
	}
	for _, name := range []string{"due", "deadline", "person"} {
		if cmd.Flags().Changed(name) {
			return cli.Fail(cli.Misused, "leave it out", "--%s is only for unfinished cases", name)
		}
	}
	return nil
}

func (f *filter) choosesEnd(e view.End, now time.Time) bool {
	return among(f.states, string(e.State)) && among(f.currencies, e.Currency) && among(f.rules, e.Rule) && f.oldEnough(e.Created, now)
}

// listEnded lists the cases that ended in the period, the newest end first.
func listEnded(ctx context.Context, env *access.Env, desk access.Desk, where access.Where, f listFlags) error {
	p, err := f.period.Period(env.Now(), endedDays)
	if err != nil {
		return err
	}
	ends, read, now := []view.End{}, 0, env.Now()
	unread := eachLineOf(ctx, desk, p, func(l closing.Line) {
		if l.Ended == nil {
			return
		}
		read++
		if e := view.EndOf(l); f.choosesEnd(e, now) {
			ends = append(ends, e)
		}
	})
	if unread != nil && !access.OnlyUnreadable(unread) {
		return unread
	}
	if len(ends) == 0 {
		screen.Printf(env.Stderr, "none of %s in this time is chosen\n", cli.Count(read, "finished case"))
	}
	view.SortEnds(ends)
	shown := ends[:min(len(ends), f.limit)]
	if len(shown) < len(ends) {
		screen.Printf(env.Stderr, "more cases follow after these %d: raise --limit to see them\n", f.limit)
	}
	if f.asJSON {
		return cmp.Or(env.PrintJSON(shown), unread)
	}
	where.Print(&env.Console)
	if err := view.Ends(shown, now, env.Paint().Paints()).Write(env.Stdout, env.Width()); err != nil {
		return err
	}
	printTotals(&env.Console, view.EndTotals(ends))
	return unread
}
