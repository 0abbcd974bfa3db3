package demo

import (
	"sync"
	"time"
)

// clock is the time that everybody in the demonstration reads. It stands still unless the demonstration moves it.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// The day that is played: it begins on a Monday morning, and ends when what it put off to Tuesday is done.
var (
	dawn = time.Date(2026, time.March, 2, 6, 0, 0, 0, time.UTC)
	end  = dawn.Add(26 * time.Hour)
)

// tick is how far the clock moves at a time.
const tick = time.Minute

// monday is an instant of the day's first date.
func monday(hour, minute int) time.Time {
	return time.Date(dawn.Year(), dawn.Month(), dawn.Day(), hour, minute, 0, 0, time.UTC)
}

// tuesday is an instant of the date after it.
func tuesday(hour, minute int) time.Time { return monday(hour, minute).AddDate(0, 0, 1) }

// hour is an instant as the demonstration shows it.
func hour(t time.Time) string { return t.Format("Mon 15:04") }
