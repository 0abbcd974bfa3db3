package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// heartbeat is how long a run may be silent.
const heartbeat = 20 * time.Second

// A step is one target of make that records its results, or none.
type step struct {
	name  string
	needs []string // steps that must have passed before it starts; one that must only have ended begins with ~

	started time.Time
	took    time.Duration
	cpu     time.Duration // of all its processes
	outcome outcome
	output  *stepOutput
}

// An ending is how a step's command ended.
type ending struct {
	step *step
	err  error
	took time.Duration
	cpu  time.Duration
}

// steps runs targets of make, several at a time, in the order given as far as their needs allow. A step's output is
// shown in one piece when it has ended; meanwhile a line at least every 20 s says what is running.
type steps struct {
	book   book
	all    []*step
	lanes  int
	make   func(target string) *exec.Cmd
	screen io.Writer
	beat   time.Duration
	began  time.Time
	spoke  time.Time
}

// parseSteps reads NAME or NAME=NEED,NEED.
func parseSteps(words []string) ([]*step, error) {
	var all []*step
	known := map[string]bool{}
	for _, word := range words {
		name, needs, _ := strings.Cut(word, "=")
		s := &step{name: name}
		if needs != "" {
			s.needs = strings.Split(needs, ",")
		}
		for _, need := range s.needs {
			if !known[strings.TrimPrefix(need, "~")] {
				return nil, fmt.Errorf("step %s waits for %s, which must be named before it", name, need)
			}
		}
		known[name] = true
		all = append(all, s)
	}
	return all, nil
}

// run runs every step, even after a failure, and ends with a table of their times. A failed step is no error here: it
// is in the book.
func (r *steps) run() error {
	r.began, r.spoke = time.Now(), time.Now()
	ended := make(chan ending)
	ticker := time.NewTicker(r.beat / 10)
	defer ticker.Stop()
	running := map[*step]bool{}
	for {
		if err := r.fill(running, ended); err != nil {
			return err
		}
		if len(running) == 0 {
			r.table()
			return nil
		}
		select {
		case e := <-ended:
			delete(running, e.step)
			if err := r.end(e); err != nil {
				return err
			}
		case <-ticker.C:
			if time.Since(r.spoke) >= r.beat*9/10 {
				r.tell(r.doing(running))
			}
		}
	}
}

// fill starts steps until the lanes are full or none is ready.
func (r *steps) fill(running map[*step]bool, ended chan<- ending) error {
	for _, s := range r.all {
		if s.outcome != "" || running[s] {
			continue
		}
		ready, broken := r.ready(s)
		if broken != "" {
			s.outcome = failed
			r.tell(fmt.Sprintf("%s did not run: it needs %s, which failed", s.name, broken))
			if err := r.book.add(failed, s.name+" (did not run: it needs "+broken+")"); err != nil {
				return err
			}
		}
		if ready && len(running) < r.lanes {
			running[s] = true
			r.start(s, ended)
		}
	}
	return nil
}

// ready reports whether a step can start, and which of its needs has failed.
func (r *steps) ready(s *step) (ready bool, broken string) {
	ready = true
	for _, other := range r.all {
		needed := slices.Contains(s.needs, other.name)
		if needed && other.outcome == failed {
			return false, other.name
		}
		if needed || slices.Contains(s.needs, "~"+other.name) {
			ready = ready && other.outcome != ""
		}
	}
	return ready, ""
}

// start runs a step with a book of its own, so that it is known which results are its.
func (r *steps) start(s *step, ended chan<- ending) {
	s.started, s.output = time.Now(), &stepOutput{}
	cmd := r.make(s.name)
	cmd.Env = append(os.Environ(), "TALLY="+r.bookOf(s).path)
	cmd.Stdout, cmd.Stderr = s.output, s.output
	r.tell(s.name + " started")
	go func() {
		e := ending{step: s, err: cmd.Run(), took: time.Since(s.started)}
		if cmd.ProcessState != nil {
			e.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		}
		ended <- e
	}()
}

func (r *steps) bookOf(s *step) book { return book{path: r.book.path + "." + s.name} }

// end shows a step's output and moves its results to the run's book. A step that failed before it could record a
// failure counts as one.
func (r *steps) end(e ending) error {
	s, own := e.step, r.bookOf(e.step)
	names, err := own.names()
	if err != nil {
		return err
	}
	if e.err != nil && len(names[failed]) == 0 {
		names[failed] = []string{fmt.Sprintf("%s (%v)", s.name, e.err)}
	}
	s.outcome, s.took, s.cpu = passed, e.took, e.cpu
	if len(names[failed]) > 0 {
		s.outcome = failed
	}
	r.tell(fmt.Sprintf("%s %s after %s", s.name, s.outcome, seconds(s.took)))
	fmt.Fprint(r.screen, s.output.String())
	for _, o := range []outcome{passed, failed, notRun} {
		for _, name := range names[o] {
			if err := r.book.add(o, name); err != nil {
				return err
			}
		}
	}
	if err := os.Remove(own.path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (r *steps) tell(what string) {
	r.spoke = time.Now()
	fmt.Fprintf(r.screen, "[%3d:%02d] %s\n", int(time.Since(r.began).Minutes()), int(time.Since(r.began).Seconds())%60, what)
}

// doing says which steps run, for how long, and the last line each has written.
func (r *steps) doing(running map[*step]bool) string {
	var done int
	var now []string
	for _, s := range r.all {
		if running[s] {
			now = append(now, strings.TrimSpace(fmt.Sprintf("%s for %s %s", s.name, seconds(time.Since(s.started)), s.output.last())))
		} else if s.outcome != "" {
			done++
		}
	}
	return fmt.Sprintf("%d of %d steps done; %s", done, len(r.all), strings.Join(now, "; "))
}

// table lists the steps by the order of their start. CPU time above the time it took means several processes at once.
func (r *steps) table() {
	fmt.Fprintf(r.screen, "\n%-24s %9s %9s\n", "step", "took", "CPU")
	for _, s := range r.all {
		note := ""
		if s.outcome == failed {
			note = "  FAILED"
		}
		fmt.Fprintf(r.screen, "%-24s %9s %9s%s\n", s.name, seconds(s.took), seconds(s.cpu), note)
	}
	fmt.Fprintf(r.screen, "%-24s %9s\n\n", "all", seconds(time.Since(r.began)))
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }

// makeTarget is the command of a step. STEP says that the programs for the checks are built already.
func makeTarget(target string) *exec.Cmd {
	return exec.Command("make", "--no-print-directory", "STEP="+target, target)
}

// runSteps parses LANES STEP... and runs them.
func runSteps(b book, lanes int, words []string) error {
	all, err := parseSteps(words)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(b.path), 0o755); err != nil {
		return err
	}
	r := &steps{book: b, all: all, lanes: lanes, make: makeTarget, screen: os.Stdout, beat: heartbeat}
	return r.run()
}
