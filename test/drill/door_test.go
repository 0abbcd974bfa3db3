//go:build parts

package drill

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// invocation is one event, and in the end its answer.
type invocation struct {
	event  []byte
	hook   hook
	answer chan answer
}

// answer is what a function answers Lambda.
type answer struct {
	body   []byte
	failed bool
}

// door is the only way out of one process: every request of it passes here, one at a time.
type door struct {
	world       *world
	kill        func()
	invocations chan *invocation

	mu      sync.Mutex
	current *invocation
	steps   int
	reached []boundary
}

func newDoor(w *world, kill func()) *door {
	return &door{world: w, kill: kill, invocations: make(chan *invocation)}
}

// ServeHTTP takes a request of the process. Asking for work and reading secrets are no steps: nothing has begun then.
func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasSuffix(r.URL.Path, "/runtime/invocation/next"):
		d.next(w, r)
	case strings.HasPrefix(r.Header.Get("X-Amz-Target"), "secretsmanager."):
		d.world.serveSecret(w, r)
	default:
		d.pass(w, r)
	}
}

// next is the Runtime API's long poll for an event. The deadline is one of the function's own clock.
func (d *door) next(w http.ResponseWriter, r *http.Request) {
	select {
	case i := <-d.invocations:
		d.mu.Lock()
		d.current, d.steps, d.reached = i, 0, nil
		d.mu.Unlock()
		w.Header().Set("Lambda-Runtime-Aws-Request-Id", "drill")
		w.Header().Set("Lambda-Runtime-Deadline-Ms", fmt.Sprint(d.world.clock.now().Add(2*time.Minute).UnixMilli()))
		_, _ = w.Write(i.event)
	case <-r.Context().Done():
	}
}

// pass carries a request out, unless the process is killed or cut off before, and passes the answer on, unless that
// happens then.
func (d *door) pass(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	s, i := d.count(nameOf(r))
	d.suffer(i, s, before)
	answered, err := d.carryOut(r, i, body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	d.suffer(i, s, after)
	answered.write(w)
}

// count numbers a step. What happens before the first event is not counted, and nothing befalls it.
func (d *door) count(name string) (step, *invocation) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.current == nil {
		return step{}, nil
	}
	d.steps++
	return step{n: d.steps, name: name}, d.current
}

// boundaries returns those that the last invocation reached, in their order.
func (d *door) boundaries() []boundary {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.reached
}

// suffer lets befall the process what the hook has for a boundary.
func (d *door) suffer(i *invocation, s step, m moment) {
	if i == nil {
		return
	}
	d.mu.Lock()
	d.reached = append(d.reached, boundary{s, m})
	d.mu.Unlock()
	if i.hook == nil {
		return
	}
	switch i.hook(s, m) {
	case die:
		d.kill()
		panic(http.ErrAbortHandler)
	case cut:
		panic(http.ErrAbortHandler)
	}
}

func (d *door) carryOut(r *http.Request, i *invocation, body []byte) (reply, error) {
	switch nameOf(r) {
	case answerStep:
		i.answer <- answer{body: body, failed: strings.HasSuffix(r.URL.Path, "/error")}
		return reply{status: http.StatusAccepted}, nil
	case headStep, getStep, chargeStep, listStep, closeStep:
		return d.world.askWooshPay(r), nil
	default:
		return d.world.askDynamoDB(r, body)
	}
}
