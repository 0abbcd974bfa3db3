// Package fault labels errors with what the caller may do next.
package fault

import (
	"errors"
	"time"
)

// Class says what the caller may do after an error.
type Class int

const (
	// Ambiguous means that the request may have been executed: look before acting again. An unlabelled error is Ambiguous.
	Ambiguous Class = iota
	// Retryable means that the request was not executed: repeat it later.
	Retryable
	// Permanent means that the request will never be executed: leave it to a person.
	Permanent
)

func (c Class) String() string {
	switch c {
	case Retryable:
		return "retryable"
	case Permanent:
		return "permanent"
	default:
		return "ambiguous"
	}
}

// Error is an error with its class, and with how long the server asked the client to wait.
type Error struct {
	Class Class
	// RetryAfter is zero if the server did not say.
	RetryAfter time.Duration
	Err        error
}

func (e *Error) Error() string { return e.Err.Error() }

func (e *Error) Unwrap() error { return e.Err }

// Mark labels an error with a class. Only the adapter that got the error knows its class.
func Mark(c Class, err error) error { return &Error{Class: c, Err: err} }

// Of returns the class of the outermost label in err's chain, and Ambiguous if there is none.
func Of(err error) Class {
	var e *Error
	if errors.As(err, &e) {
		return e.Class
	}
	return Ambiguous
}

// RetryAfter returns how long the server asked the client to wait; zero if it did not say.
func RetryAfter(err error) time.Duration {
	var e *Error
	if errors.As(err, &e) {
		return e.RetryAfter
	}
	return 0
}
