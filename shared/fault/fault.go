// Package fault says what may be done after an error.
package fault

import (
	"errors"
	"time"
)

// Class says what may be done after an error.
type Class int

const (
	// Ambiguous means it may have happened. Look before acting again. An unlabelled error is Ambiguous.
	Ambiguous Class = iota
	// Retryable means it did not happen. Repeat later.
	Retryable
	// Permanent means it will never happen. Park it for a person.
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

// Error carries a class, and how long the other side asked to be left alone.
type Error struct {
	Class Class
	// RetryAfter is zero if the other side did not say.
	RetryAfter time.Duration
	Err        error
}

func (e *Error) Error() string { return e.Err.Error() }

func (e *Error) Unwrap() error { return e.Err }

// Mark labels an error. Only the adapter that met the error knows its class.
func Mark(c Class, err error) error { return &Error{Class: c, Err: err} }

// Of returns the class of the outermost label in err's chain, and Ambiguous if there is none.
func Of(err error) Class {
	var e *Error
	if errors.As(err, &e) {
		return e.Class
	}
	return Ambiguous
}

// RetryAfter returns how long the other side asked to be left alone, zero if it did not say.
func RetryAfter(err error) time.Duration {
	var e *Error
	if errors.As(err, &e) {
		return e.RetryAfter
	}
	return 0
}
