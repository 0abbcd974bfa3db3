package closing

import (
	"slices"
	"time"
)

const (
	maxHistory = 60
	maxSeen    = 100
	maxError   = 300
)

// said returns the case with one more line of history; the oldest lines go first when it is full.
func (c Case) said(at time.Time, who, what string) Case {
	c.History = pushed(c.History, Entry{At: at, Who: who, What: what}, maxHistory)
	return c
}

// saw returns the case with an event's id remembered.
func (c Case) saw(eventID string) Case {
	if eventID != "" {
		c.Seen = pushed(c.Seen, eventID, maxSeen)
	}
	return c
}

func (c Case) hasSeen(eventID string) bool { return eventID != "" && slices.Contains(c.Seen, eventID) }

// erred returns the case with the last error's text, cut to a limit.
func (c Case) erred(err error) Case {
	c.LastError = ""
	if err != nil {
		c.LastError = err.Error()[:min(len(err.Error()), maxError)]
	}
	return c
}

// tell returns the case with a person called for a reason, each reason once.
func (c Case) tell(reason string) Case {
	if !slices.Contains(c.Told, reason) {
		c.Told = pushed(c.Told, reason, maxHistory)
	}
	return c
}

// untold returns the case with a reason forgotten, so that a person is called again if it comes back.
func (c Case) untold(reason string) Case {
	if i := slices.Index(c.Told, reason); i >= 0 {
		c.Told = slices.Delete(slices.Clone(c.Told), i, i+1)
	}
	return c
}

// pushed appends to a copy, so that cases never share what they append to, and keeps the newest limit items.
func pushed[T any](list []T, item T, limit int) []T {
	list = append(slices.Clone(list), item)
	return list[max(0, len(list)-limit):]
}
