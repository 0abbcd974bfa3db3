package simulation

import (
	"context"
	"time"
)

// machine is where actors run. It has a clock, and the API key that it last read.
type machine struct {
	name string
	// offset is how far its clock is always ahead, within the allowed difference.
	offset time.Duration
	// off is how much further its clock is ahead at present. It changes only between two uses.
	off time.Duration
	// stepped is how far its clock has stepped, perhaps while it was used: that is beyond any promise.
	stepped time.Duration
	key     int
}

// epoch is when every history begins. It lies so far ahead that no deadline of a history passes while it is played, and
// before 2100, where the code stops believing dates.
var epoch = time.Date(2091, 3, 7, 0, 0, 0, 0, time.UTC)

// time returns the true time.
func (w *world) time() time.Time { return epoch.Add(w.now) }

// now reads the actor's clock. A machine may stall before it.
func (a *actor) now() time.Time {
	if a.w.odds[clockReadStalls] > 0 {
		a.step++
		if c, yes := a.w.happens(a.key.of(a.step), clockReadStalls); yes {
			a.stall(c)
		}
	}
	return a.clock()
}

func (a *actor) clock() time.Time { return a.w.time().Add(a.ahead()) }

// ahead returns how far the actor's clock is ahead; negative if it is behind.
func (a *actor) ahead() time.Duration { return a.machine.offset + a.off + a.machine.stepped }

// rightClock reports whether the actor's clock is within the allowed difference.
func (a *actor) rightClock() bool { return a.off == 0 && a.machine.stepped == 0 }

// trueTime returns when the actor's machine showed an instant.
func (a *actor) trueTime(shown time.Time) time.Duration { return shown.Sub(epoch) - a.ahead() }

// stalls lie around the protocol's limits: fresh facts (15 s), the window (10 s), a POST (20 s), the settle
// time (60 s), the clocks' difference (30 s), a claim (120 s), a sweep (5 min), a day.
var stalls = []time.Duration{
	time.Second, 5 * time.Second, 9900 * time.Millisecond, 10 * time.Second, 14 * time.Second, 16 * time.Second,
	25 * time.Second, 45 * time.Second, 61 * time.Second, 75 * time.Second, 89 * time.Second, 91 * time.Second,
	115 * time.Second, 121 * time.Second, 151 * time.Second, 200 * time.Second, 301 * time.Second,
	15 * time.Minute, time.Hour, 7 * time.Hour, longestStall,
}

const longestStall = 25 * time.Hour

func (a *actor) stall(c chance) {
	d := pick(c, stalls) + c.of(1).span(0, 900*time.Millisecond)
	if a.w.recording() {
		a.log("machine", "stalls for "+d.String())
	}
	a.pause(d)
}

// invocation is the context of an actor: its deadline is in virtual time, by its machine's clock.
type invocation struct{ a *actor }

var _ context.Context = invocation{}

func (i invocation) Deadline() (time.Time, bool) {
	return epoch.Add(i.a.deadline + i.a.ahead()), i.a.deadline != 0
}

// Done is nil: nothing waits for it in virtual time.
func (i invocation) Done() <-chan struct{} { return nil }

func (i invocation) Err() error {
	if i.a.deadline != 0 && i.a.w.now >= i.a.deadline {
		return context.DeadlineExceeded
	}
	return nil
}

func (i invocation) Value(any) any { return nil }

// left returns how long a call may take in ctx. Deadlines in real time, which the code under test makes for
// its records, lie before the epoch and end nothing.
func (a *actor) left(ctx context.Context, most time.Duration) time.Duration {
	deadline, ok := ctx.Deadline()
	if !ok || deadline.Before(epoch) {
		return most
	}
	return min(most, deadline.Sub(a.clock()))
}

// authorised reports whether the actor's machine has the key that is valid now. If not, the machine reads the key again,
// for the next call.
func (a *actor) authorised() bool {
	if a.machine.key == a.w.key {
		return true
	}
	a.machine.key = a.w.key
	return false
}

// scheduleKeys draws when the key is rolled.
func (w *world) scheduleKeys(c chance) {
	for i := range uint64(4) {
		own := c.of(i)
		w.at(own.of(1).span(w.now, w.calmAt), func() {
			if _, yes := w.happens(own, keyRotated); yes {
				w.key++
			}
		})
	}
}
