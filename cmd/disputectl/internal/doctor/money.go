package doctor

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/currency"
	"disputecloser/shared/policy"
	"disputecloser/shared/wooshpay"
)

// policy compares what the closer carries with the local file.
func (p Target) policy(ctx context.Context) Finding {
	d, err := p.document()
	if err != nil {
		return unread(err)
	}
	deployed, err := policy.Compile(d)
	if err != nil {
		return fail("build and deploy again", "the deployed policy cannot be used: %s", err)
	}
	if mode, err := wooshpay.ModeOf(p.wooshPayURL()); err == nil && mode != wooshpay.LocalMode && d.Environment != string(mode) {
		return fail("make deploy ENV="+string(mode), "%s was built for the environment %q: the closer of a %s stack does not start with it", deployed.Hash(), d.Environment, mode)
	}
	local, err := p.LocalPolicy()
	if err != nil {
		return unknown("name the policy that should be deployed with --policy", "deployed is %s, %s; %s", deployed.Hash(), d.Mode, err)
	}
	if local != deployed.Hash() {
		return fail("see `disputectl policy diff`; then deploy, or take the deployed file", "deployed is %s, %s; the local one is %s", deployed.Hash(), d.Mode, local)
	}
	return ok("%s, %s, as in the local file", deployed.Hash(), d.Mode)
}

// unread is the finding for a deployed policy that cannot be read.
func unread(err error) Finding {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, policy.ErrNotCompiled) || errors.Is(err, zip.ErrFormat) {
		return fail("build and deploy again", "%s", err)
	}
	return unseen(err)
}

// budgets compares what was spent today with the deployed limits.
func (p Target) budgets(ctx context.Context) Finding {
	d, err := p.document()
	if err != nil {
		return unread(err)
	}
	l, err := p.Ledger(ctx)
	if err != nil {
		return unseen(err)
	}
	day := closing.DayOf(p.Now())
	var spent []string
	worst := OK
	for _, code := range slices.Sorted(maps.Keys(d.Budget.Spend)) {
		limit := d.Budget.Spend[code]
		tally, err := l.Spent(ctx, day, code)
		if err != nil {
			return unseen(err)
		}
		result, text := spending(code, tally, limit, d.Budget.Failures)
		worst = worse(worst, result)
		spent = append(spent, text)
	}
	f := Finding{Result: worst, Detail: string(day) + ": " + strings.Join(spent, "; ")}
	switch {
	case len(spent) == 0:
		return warn("give the policy a budget if it should close anything", "the deployed policy has none: nothing is ever closed")
	case worst == Fail:
		f.Next = "look at the failed cases (disputectl list) and at the closer's log"
	case worst == Warn:
		f.Next = "closing goes on at midnight UTC; raise the budget if that is too late"
	}
	return f
}

// spending reports how much of a currency's budget is spent, and whether that can be right.
func spending(code string, t closing.Tally, limit policy.Spend, failures int64) (Result, string) {
	text := fmt.Sprintf("%s of %s, %d of %d closes", currency.Text(t.Amount, code), currency.Text(limit.Amount, code), t.Closes, limit.Closes)
	if t.Failures > 0 {
		text += fmt.Sprintf(", %d of %d failures", t.Failures, failures)
	}
	switch {
	case t.Closes > limit.Closes || t.Amount > limit.Amount || t.Closes < 0 || t.Amount < 0:
		return Fail, text + ", which no claim allows: was the limit lowered today?"
	case t.Failures >= failures && t.Failures > 0:
		return Fail, text + ": closing has stopped for today"
	case limit.Closes > 0 && (t.Closes == limit.Closes || t.Amount == limit.Amount):
		return Warn, text + ": spent for today"
	}
	return OK, text
}

func worse(a, b Result) Result {
	order := []Result{OK, Warn, Unknown, Fail}
	return order[max(slices.Index(order, a), slices.Index(order, b))]
}

// closing reports whether anything can be closed at all.
func (p Target) closing(ctx context.Context) Finding {
	l, err := p.Ledger(ctx)
	if err != nil {
		return unseen(err)
	}
	c, err := l.Control(ctx)
	if err != nil {
		return unseen(err)
	}
	switch at := p.when(c.At); c.Switch {
	case closing.On:
		return ok("on since %s, by %s: %s", at, c.Who, c.Why)
	case closing.Paused:
		return warn("when the reason is gone: disputectl resume", "closing is paused since %s by %s: %s", at, c.Who, c.Why)
	}
	return warn("when all else is fine: disputectl resume --stack "+p.Stack.Name+` --why "…"`,
		"closing is off: nobody has turned it on for this very table")
}

// lateAfter is how long a case may be due before somebody must look (the template's alarm DueTooLong).
const lateAfter = 30 * time.Minute

// backlog looks for a case that has been due for too long: then neither stream nor sweep works.
func (p Target) backlog(ctx context.Context) Finding {
	l, err := p.Ledger(ctx)
	if err != nil {
		return unseen(err)
	}
	late, _, err := l.Due(ctx, p.Now().Add(-lateAfter), 1, "")
	if err != nil {
		return unseen(err)
	}
	if len(late) > 0 {
		return fail("look at the logs of sweep and closer", "case %s has been due since %s", late[0].ID, p.when(late[0].At))
	}
	return ok("none has waited for half an hour")
}
