package simulation

import (
	"slices"
	"strings"
	"time"

	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// A second, independent implementation of the policy, for S2: what the rules decide about a dispute as it really stands.
// It shares no code with package policy, and knows only the conditions that the library's policies use.

// ruling is what the rules decide, without the guards.
type ruling struct {
	action policy.Action
	rule   *policy.Rule
}

// rule returns what a policy decides about a dispute. The first rule that matches decides; without one, the dispute is kept.
func rule(p *policy.Document, f *facts, refunded truth, now time.Time) ruling {
	for i := range p.Rules {
		r := &p.Rules[i]
		if r.Shadow {
			continue
		}
		holds := conditions(r, f, refunded, now)
		if holds == yes || holds == unknown && r.Then != policy.Close {
			return ruling{r.Then, r}
		}
	}
	return ruling{action: policy.Keep}
}

// conditions returns the worst outcome of a rule's conditions: no before unknown before yes.
func conditions(r *policy.Rule, f *facts, refunded truth, now time.Time) truth {
	all := yes
	also := func(t truth) { all = min(all, t) }
	also(status(r.If.Status, f))
	also(amountWithin(r.If.Amount, f))
	also(flagIs(r.If.HasEvidence, f.hasEvidence))
	also(flagIs(r.If.Refunded, refunded))
	also(codeAmong(r.If.ReasonCode, f.reasonCode))
	also(oldEnough(r.If.Age, f, now))
	also(fewSubmissions(r.If.SubmissionCount, f))
	also(planAmong(r.If.Metadata, f))
	if r.BeforeDue != nil && f.dueBy.IsZero() {
		also(unknown)
	}
	return all
}

func status(w *policy.Words, f *facts) truth {
	switch {
	case w == nil:
		return yes
	case f.status == "":
		return unknown
	}
	return truthOf(slices.Contains(w.In, string(f.status)))
}

func amountWithin(bounds map[string]policy.Bounds, f *facts) truth {
	b, listed := bounds[f.currency]
	switch {
	case bounds == nil:
		return yes
	case f.currency == "":
		return unknown
	case !listed:
		return no
	case f.amount < 0:
		return unknown
	}
	return truthOf((b.AtMost == nil || f.amount <= *b.AtMost) && (b.AtLeast == nil || f.amount >= *b.AtLeast))
}

func flagIs(want *bool, t truth) truth {
	switch {
	case want == nil:
		return yes
	case t == unknown:
		return unknown
	}
	return truthOf((t == yes) == *want)
}

func codeAmong(w *policy.Words, code string) truth {
	switch {
	case w == nil:
		return yes
	case code == "":
		return unknown
	}
	// Codes are equal after dropping everything but letters and digits; the library's have dots only.
	same := func(other string) bool {
		return strings.ReplaceAll(other, ".", "") == strings.ReplaceAll(code, ".", "")
	}
	return truthOf(!slices.ContainsFunc(w.Not, same))
}

func oldEnough(s *policy.Span, f *facts, now time.Time) truth {
	switch {
	case s == nil:
		return yes
	case f.created.IsZero():
		return unknown
	}
	return truthOf(now.Sub(f.created) >= time.Duration(*s.AtLeast))
}

func fewSubmissions(b *policy.Bounds, f *facts) truth {
	switch {
	case b == nil:
		return yes
	case f.submissions < 0:
		return unknown
	}
	return truthOf(f.submissions <= *b.AtMost)
}

func planAmong(m map[string]policy.Words, f *facts) truth {
	switch {
	case m == nil:
		return yes
	case f.noMetadata:
		return unknown
	}
	return truthOf(slices.Contains(m["plan"].In, f.plan))
}

// guard returns what forbids a close whatever the rules decide; empty if nothing does.
func guard(p *policy.Document, f *facts, refunded truth, byOperator bool) string {
	spend, hasBudget := p.Budget.Spend[f.currency]
	ceiling, hasCeiling := p.Ceiling[f.currency]
	switch {
	case f.status != dispute.NeedsResponse && (byOperator || f.status != dispute.WarningNeedsResponse):
		return "the status " + string(f.status) + " cannot be closed"
	case f.livemode != no:
		return "the dispute is not surely one of the key's mode"
	case f.amount < 1:
		return "the amount is not known"
	case f.currency == "":
		return "the currency is not known"
	case refunded == yes:
		return "the charge is refunded"
	case refunded == unknown && p.Refunds != policy.RefundsUnavailable:
		return "whether the charge is refunded is not known"
	case !hasCeiling || f.amount > ceiling:
		return "the amount is above the ceiling"
	case !hasBudget || f.amount > spend.Amount || spend.Closes < 1:
		return "the currency's budget allows no such close"
	}
	return ""
}

// mayFollowClose reports whether a close of a dispute at status from can have led to now.
func mayFollowClose(from, now dispute.Status) bool {
	return now == dispute.Lost || from == dispute.WarningNeedsResponse && now == dispute.WarningClosed
}

// terminal reports whether a dispute with this status has ended.
func terminal(s dispute.Status) bool {
	switch s {
	case dispute.Won, dispute.Lost, dispute.WarningClosed, dispute.ChargeRefunded, dispute.EarlyDisputeResolved:
		return true
	}
	return false
}

// known reports whether a status is one that WooshPay documents.
func known(s dispute.Status) bool {
	return terminal(s) || closable(s) || s == dispute.UnderReview || s == dispute.WarningUnderReview || s == dispute.EarlyDisputeWarning
}

// closable reports whether a dispute with this status waits for the merchant's answer.
func closable(s dispute.Status) bool {
	return s == dispute.NeedsResponse || s == dispute.WarningNeedsResponse
}
