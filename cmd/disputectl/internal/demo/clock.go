package demo

import (
	"sync"
	"time"
)

// clock is the time that everybody in the demonstration reads. It stands still unless the demonstration moves it, until
// it is released.
type clock struct {
	mu   sync.Mutex
	at   time.Time
	real func() time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.real != nil {
		return c.real()
	}
	return c.at
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// release lets the clock show another clock's time from now on.
func (c *clock) release(now func() time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.real = now
}

// calendar says when the day is played: it begins at six in the morning, UTC, and ends when what it put off to the next
// date is done.
type calendar struct{ dawn time.Time }

// aMonday is the day of the demonstration.
var aMonday = calendar{time.Date(2026, time.March, 2, 6, 0, 0, 0, time.UTC)}

// lastBefore is the newest day that ended before an instant.
func lastBefore(now time.Time) calendar {
	now = now.UTC()
	c := calendar{time.Date(now.Year(), now.Month(), now.Day()-1, 6, 0, 0, 0, time.UTC)}
	if c.end().After(now) {
		c.dawn = c.dawn.AddDate(0, 0, -1)
	}
	return c
}

func (c calendar) end() time.Time { return c.dawn.Add(26 * time.Hour) }

// tick is how far the clock moves at a time.
const tick = time.Minute

// first is an instant of the day's first date.
func (c calendar) first(hour, minute int) time.Time {
	return time.Date(c.dawn.Year(), c.dawn.Month(), c.dawn.Day(), hour, minute, 0, 0, time.UTC)
}

// second is an instant of the date after it.
func (c calendar) second(hour, minute int) time.Time { return c.first(hour, minute).AddDate(0, 0, 1) }

// hour is an instant as the demonstration shows it.
func hour(t time.Time) string { return t.Format("Mon 15:04") }
