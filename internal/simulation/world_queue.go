package simulation

import "time"

// entry is something that happens at an instant: an actor goes on, or a function runs.
type entry struct {
	at time.Duration
	// order decides who is first at one instant: the one queued first.
	order uint64
	actor *actor
	act   func()
	// routine entries recur for ever; a history does not wait for them to end.
	routine bool
}

func (e *entry) before(o *entry) bool { return e.at < o.at || e.at == o.at && e.order < o.order }

// queue is a binary heap of entries, the earliest first.
type queue struct {
	heap   []entry
	pushed uint64
	// pending counts the entries that are not routine.
	pending int
}

func (q *queue) push(e entry) {
	q.pushed++
	e.order = q.pushed
	if !e.routine {
		q.pending++
	}
	q.heap = append(q.heap, e)
	for i := len(q.heap) - 1; i > 0; {
		parent := (i - 1) / 2
		if !q.heap[i].before(&q.heap[parent]) {
			return
		}
		q.heap[i], q.heap[parent] = q.heap[parent], q.heap[i]
		i = parent
	}
}

func (q *queue) pop() entry {
	first := q.heap[0]
	last := len(q.heap) - 1
	q.heap[0], q.heap[last] = q.heap[last], entry{}
	q.heap = q.heap[:last]
	q.sink()
	if !first.routine {
		q.pending--
	}
	return first
}

// sink moves the first entry to its place.
func (q *queue) sink() {
	for i := 0; ; {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(q.heap); child++ {
			if q.heap[child].before(&q.heap[least]) {
				least = child
			}
		}
		if least == i {
			return
		}
		q.heap[i], q.heap[least] = q.heap[least], q.heap[i]
		i = least
	}
}

// next returns the instant of the first entry; false if there is none.
func (q *queue) next() (time.Duration, bool) {
	if len(q.heap) == 0 {
		return 0, false
	}
	return q.heap[0].at, true
}
