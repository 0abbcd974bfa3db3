package operate

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
)

// Answer is the body of an answer, as JSON.
type Answer struct {
	Stored bool `json:"stored"`
	// Who is the caller's ARN, as AWS gave it.
	Who string `json:"who,omitempty"`
	// Code says why nothing was stored; empty if Stored.
	Code Code `json:"code,omitempty"`
	// Message says what happened; for a bad request, every fault of it.
	Message []string `json:"message,omitempty"`
	// Next says what to do next.
	Next string `json:"next,omitempty"`
	// Case is the case as it stands now, as far as the act saw it.
	Case *Case `json:"case,omitempty"`
}

// Case is what an answer says of a case.
type Case struct {
	ID         dispute.ID    `json:"id"`
	State      closing.State `json:"state"`
	Version    int64         `json:"version"`
	DueAt      time.Time     `json:"due_at,omitzero"`
	ClaimUntil time.Time     `json:"claim_until,omitzero"`
	// Amount is in the currency's minor unit; nil if unknown.
	Amount   *int64 `json:"amount,omitempty"`
	Currency string `json:"currency,omitempty"`
}

// Code says why nothing was stored.
type Code string

// The codes. ErrorOf returns the error that each stands for.
const (
	BadRequest     Code = "bad_request"
	NoIdentity     Code = "no_identity"
	NoCase         Code = "no_case"
	Ended          Code = "ended"
	CloseUnderWay  Code = "close_under_way"
	OtherAmount    Code = "other_amount"
	UnknownDispute Code = "unknown_dispute"
	Changed        Code = "changed"
	ManyActs       Code = "many_acts"
	PausedAgain    Code = "paused_again"
	Unreadable     Code = "unreadable"
	Unavailable    Code = "unavailable"
	NotKnown       Code = "not_known"
)

// Errors that codes stand for, besides those of package closing.
var (
	// ErrBadRequest means that the request is not one of the act's; nothing was read or stored.
	ErrBadRequest = fault.Mark(fault.Permanent, errors.New("the request is malformed"))
	// ErrNoIdentity means that AWS verified nobody; nothing was read or stored.
	ErrNoIdentity = fault.Mark(fault.Permanent, errors.New("the request bears no AWS identity"))
	// ErrUnavailable means that the table did not answer or did not take it; nothing was stored.
	ErrUnavailable = fault.Mark(fault.Retryable, errors.New("the table is not available"))
	// ErrNotKnown means that it is not known whether the act was stored.
	ErrNotKnown = fault.Mark(fault.Ambiguous, errors.New("whether it was stored is not known"))
)

// codes lists what each code stands for.
var codes = []struct {
	code   Code
	err    error
	status int
}{
	{BadRequest, ErrBadRequest, http.StatusBadRequest},
	{NoIdentity, ErrNoIdentity, http.StatusForbidden},
	{NoCase, closing.ErrNotFound, http.StatusNotFound},
	{Ended, closing.ErrFinished, http.StatusConflict},
	{CloseUnderWay, closing.ErrClosing, http.StatusConflict},
	{OtherAmount, closing.ErrOtherAmount, http.StatusConflict},
	{UnknownDispute, closing.ErrUnknownDispute, http.StatusConflict},
	{Changed, closing.ErrChanged, http.StatusConflict},
	{ManyActs, closing.ErrManyActs, http.StatusConflict},
	{PausedAgain, closing.ErrConflict, http.StatusConflict},
	{Unreadable, closing.ErrUnreadable, http.StatusConflict},
	{Unavailable, ErrUnavailable, http.StatusServiceUnavailable},
	{NotKnown, ErrNotKnown, http.StatusInternalServerError},
}

// ErrorOf returns the error that a code stands for. A code that this version does not know, and none at all, are ErrNotKnown.
func ErrorOf(code Code) error {
	for _, known := range codes {
		if known.code == code {
			return known.err
		}
	}
	return ErrNotKnown
}

// codeOf returns the code that an error stands for. Of an error without one, its class says whether anything was stored.
func codeOf(err error) Code {
	for _, known := range codes {
		if errors.Is(err, known.err) {
			return known.code
		}
	}
	if fault.Of(err) == fault.Ambiguous {
		return NotKnown
	}
	return Unavailable
}

// status returns the HTTP status of an answer with this code; 200 without one.
func (c Code) status() int {
	for _, known := range codes {
		if known.code == c {
			return known.status
		}
	}
	return http.StatusOK
}

// badRequestError is ErrBadRequest with every fault of the request.
type badRequestError struct{ faults []string }

func (e *badRequestError) Error() string { return strings.Join(e.faults, "; ") }

func (e *badRequestError) Unwrap() error { return ErrBadRequest }

// stored returns the answer to an act that was carried out.
func stored(o order, c closing.Case) Answer {
	a := Answer{Stored: true, Who: o.who, Case: caseOf(c)}
	says := func(format string, args ...any) { a.Message = append(a.Message, fmt.Sprintf(format, args...)) }
	const soon = "the closer looks at it within seconds, or with the next sweep, and "
	switch o.act {
	case Keep:
		says("%s is kept, by %s", o.Dispute, o.who)
		a.Next = "no rule closes it until it is released"
	case Close:
		says("%s is to be closed, by %s", o.Dispute, o.who)
		a.Next = soon + "closes it unless something prevents it"
	case Release:
		says("%s is back with the rules, by %s", o.Dispute, o.who)
		a.Next = soon + "decides it again: a rule may close it"
	case Pause:
		says("closing is paused, by %s", o.who)
		says("what was claimed before may still be closed")
		a.Next = "resume turns closing on again"
	case Resume:
		says("closing is on for this table, by %s", o.who)
		a.Next = "what waited is tried again within fifteen minutes"
	}
	if c.State == closing.Closing {
		says("a close of it was claimed before and may still be executed, until %s", instant(c.ClaimUntil))
	}
	return a
}

// refused returns the answer to an act that was not carried out, or perhaps.
func refused(o order, c closing.Case, code Code, err error) Answer {
	a := Answer{Who: o.who, Code: code}
	if code != NotKnown { // Then what was loaded may not be what stands now.
		a.Case = caseOf(c)
	}
	var bad *badRequestError
	if errors.As(err, &bad) {
		a.Message, a.Next = bad.faults, "correct the request: nothing was stored"
		return a
	}
	what, next := words(o, c, code, err)
	a.Message, a.Next = []string{what}, next
	return a
}

// words says why an act was refused, whether anything was stored, and what to do next.
func words(o order, c closing.Case, code Code, err error) (what, next string) {
	id := o.Dispute
	look := "`disputectl show " + string(id) + "` shows how it stands"
	if id == "" {
		look = "`disputectl status` shows how it stands"
	}
	switch code {
	case NoIdentity:
		return "AWS verified no identity: nothing was stored", "sign the request with AWS Signature Version 4"
	case NoCase:
		return fmt.Sprintf("there is no case %s: nothing was stored", id), "check the id; `disputectl list` shows the unfinished cases"
	case Ended:
		return fmt.Sprintf("%s has ended, it is %s: nothing was stored", id, c.State), look
	case CloseUnderWay:
		return fmt.Sprintf("a close of %s is under way: nothing was stored", id), "wait until " + instant(c.ClaimUntil) + ", then try again"
	case OtherAmount:
		return fmt.Sprintf("%s is %s, not %s: nothing was stored", id, aboutOf(c), o.agreed()), "look at it again, and confirm what it is now"
	case UnknownDispute:
		return fmt.Sprintf("WooshPay does not know %s, so there is nothing to close: nothing was stored", id), "check the id in WooshPay's dashboard"
	case Changed:
		return fmt.Sprintf("%s was changed since version %d, it has version %d now: nothing was stored", id, o.Version, c.Version), "look at it again, then decide"
	case ManyActs:
		return fmt.Sprintf("%s holds too many acts for one more: nothing was stored", id), "`disputectl pause` stops every close"
	case PausedAgain:
		return "closing was paused again meanwhile: nothing was stored", "`disputectl status` says by whom and why"
	case Unreadable:
		return fmt.Sprintf("the stored case %s cannot be read: nothing was stored", id), "repair its item, or restore it from a backup of the table"
	case Unavailable:
		if fault.Of(err) == fault.Permanent {
			return "the table refuses it: nothing was stored", "trying again does not help: the log of the function operate says why"
		}
		return "the table is not available: nothing was stored", "try again"
	default:
		return "whether it was stored is not known", look
	}
}

// aboutOf says what money a dispute is about.
func aboutOf(c closing.Case) string {
	if money, known := c.Dispute.Money(); known {
		return "about " + money.String()
	}
	return "about an amount or a currency that is not known"
}

func instant(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// caseOf returns what an answer says of a case; nil if no case was loaded.
func caseOf(c closing.Case) *Case {
	if c.ID == "" {
		return nil
	}
	said := &Case{ID: c.ID, State: c.State, Version: c.Version, DueAt: c.DueAt, ClaimUntil: c.ClaimUntil, Currency: c.Dispute.Currency}
	if amount, known := c.Dispute.Amount.Get(); known {
		said.Amount = &amount
	}
	return said
}
