package simulation

import (
	"math"
	"slices"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// subject is one dispute with everything the simulation knows about it: what it is at WooshPay, and what the watchers saw.
type subject struct {
	id  dispute.ID
	key chance

	// What WooshPay holds. past are the versions of the dispute, the newest last.
	past    []version
	changed time.Duration
	// announced is set once an event or a list has shown the dispute to us.
	announced bool
	// acknowledged are the facts of the last dated event that the webhook acknowledged.
	acknowledged *facts
	// refusesCloses is set if WooshPay refuses every close of the dispute for good, whatever its status.
	refusesCloses bool
	// Until when the dispute cannot be read, its charge cannot be read, and its looks take long.
	hiddenUntil, chargeHiddenUntil, slowUntil time.Duration

	records  uint64
	posts    []*post
	executed int
	followed
}

// followed is what the watchers follow of a case in the table. It goes back to a backup with the table.
type followed struct {
	// stored is what the ledger holds, nil before the first case; was is the case before the last change.
	stored, was *closing.Case
	storedAt    time.Duration
	learnedAt   time.Duration

	claims []*claim
	plan   plan
	// remindedAt is when the case first showed that a person was told of the deadline.
	remindedAt time.Duration
	// waitsFrom is since when the case has waited for a person.
	waitsFrom time.Duration
	// failingFrom is since when every stored look has failed, unknownFrom since when WooshPay has not known the dispute; zero
	// if that is not so.
	failingFrom, unknownFrom time.Duration
	// waitUntil is the instant until which WooshPay asked us not to close again.
	waitUntil time.Duration
	// orderedAt is when an operator last gave an order, failedAt when the case last failed, and decidedAt when the facts of the last
	// decision were shown.
	orderedAt, failedAt, decidedAt time.Duration
	// toldEarlier are the reasons that a person was told before the case opened again; they no longer count.
	toldEarlier []string
}

// unfollowed is a dispute without a case.
func unfollowed() followed { return followed{remindedAt: math.MaxInt64} }

// copied returns a copy that later changes leave alone.
func (f followed) copied() followed {
	f.toldEarlier = slices.Clone(f.toldEarlier)
	f.claims = slices.Clone(f.claims)
	for i, c := range f.claims {
		own := *c
		f.claims[i] = &own
	}
	return f
}

// holder reports whether the newest claim is the actor's. It compares the claim itself, because an id may be used twice.
func (subj *subject) holder(a *actor) bool {
	return a.claim != nil && len(subj.claims) > 0 && subj.claims[len(subj.claims)-1] == a.claim
}

// version is a dispute as it stood from an instant on.
type version struct {
	from  time.Duration
	facts *facts
}

func (subj *subject) facts() *facts { return subj.past[len(subj.past)-1].facts }

// claim is a claim that the ledger stored.
type claim struct {
	id   string
	by   *actor
	from dispute.Status
	// surelyNot is set when its holder recorded that nothing happened.
	surelyNot bool
}

// fate is what the sender of a POST knows about it.
type fate uint8

const (
	unknownFate fate = iota
	refusedFate
	closedFate
)

// post is a POST that left.
type post struct {
	claim *claim
	// until is when the last moment ends in which WooshPay may execute it, as far as anybody can know.
	until    time.Duration
	fate     fate
	executed bool
	// over is set when the table is restored: the new one may not know of the POST, and nothing was in flight any more.
	over bool
}

// plan is the live plan to close that follows from the stored decisions.
type plan struct {
	made     bool
	rule     string
	operator string
	// since is when the facts were shown on which it was decided first.
	since time.Duration
}

func (p plan) sameAs(d *policy.Decision) bool {
	return p.made && p.rule == d.Rule && p.operator == d.Operator
}

// look is what an actor was last shown by WooshPay.
type look struct {
	// calledAt is when it asked, shownAt when the dispute stood so, datedAt when its answer was there, and answeredAt when the
	// last answer of the look was.
	calledAt, shownAt, datedAt, answeredAt time.Duration
	// facts is nil if the look as a whole failed, err then says why.
	facts *facts
	err   error
	// charge is whether the charge is refunded, as the read of the charge showed it.
	charge truth
	// date is the answer's Date, zero if it had none; dateWrong is set if it was not the true time.
	date      time.Time
	dateWrong bool
}

// refunded returns what is known about a refund: what the read of the charge said, unless the dispute itself shows one.
func (v *look) refunded() truth {
	if v.facts != nil && v.facts.expanded && v.facts.shows == yes {
		return yes
	}
	return v.charge
}

// failed reports whether the actor's last look failed as a whole.
func (v *look) failed() bool { return v.err != nil }
