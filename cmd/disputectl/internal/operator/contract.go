package operator

import (
	"errors"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
)

// Request is the body of a request to the operate function, as JSON.
type Request struct {
	// Dispute names the case; none for pause and resume, which are about all closing.
	Dispute dispute.ID `json:"dispute,omitempty"`
	Why     string     `json:"why"`
	// Amount, in the currency's minor unit, and Currency are what the person agrees to concede (close only).
	Amount   int64  `json:"amount,omitempty"`
	Currency string `json:"currency,omitempty"`
	// Version is the version of the case that the person was shown. A close needs it; otherwise 0 means any.
	Version int64 `json:"version,omitempty"`
}

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
	// ErrChanged means that the case was changed since the person was shown it; nothing was stored.
	ErrChanged = errors.New("the case was changed since it was shown")
	// ErrUnavailable means that the table did not answer or did not take it; nothing was stored.
	ErrUnavailable = fault.Mark(fault.Retryable, errors.New("the table is not available"))
	// ErrNotKnown means that it is not known whether the act was stored.
	ErrNotKnown = fault.Mark(fault.Ambiguous, errors.New("whether it was stored is not known"))
)

var errorOf = map[Code]error{
	BadRequest: ErrBadRequest, NoIdentity: ErrNoIdentity, NoCase: closing.ErrNotFound, Ended: closing.ErrFinished,
	CloseUnderWay: closing.ErrClosing, OtherAmount: closing.ErrOtherAmount, UnknownDispute: closing.ErrUnknownDispute,
	Changed: ErrChanged, PausedAgain: closing.ErrConflict, Unreadable: closing.ErrUnreadable, Unavailable: ErrUnavailable,
}

// ErrorOf returns the error that a code stands for. A code that this version does not know, and none at all, are
// ErrNotKnown.
func ErrorOf(code Code) error {
	if err := errorOf[code]; err != nil {
		return err
	}
	return ErrNotKnown
}
