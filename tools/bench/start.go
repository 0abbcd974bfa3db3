package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	accepted = `"statusCode":200`
	refused  = `"statusCode":40`
	// startLimit bounds one start and all its webhooks.
	startLimit = 2 * time.Minute
	// fullMB is the memory size at which Lambda gives a whole CPU (AWS Lambda Developer Guide, "Configure Lambda function
	// memory"), and slice the time in which a share of it is given.
	fullMB = 1769
	slice  = 20 * time.Millisecond
)

// start is one process of a command, from its start to its last webhook.
type start struct {
	world    *world
	setting  setting
	command  command
	webhooks [][]byte
	want     string
}

// figures are those of one start. The CPU times are the process's own; warm figures are per webhook, the time as a median.
type figures struct {
	init, cold, warm          time.Duration
	cpuInit, cpuCold, cpuWarm time.Duration
	peak                      int64 // bytes of memory
}

// drive is the Runtime API of one process (AWS Lambda Developer Guide, "Using the Lambda runtime API").
type drive struct {
	start
	process *exec.Cmd
	group   group
	done    chan struct{}

	mu      sync.Mutex
	began   time.Time
	asked   time.Time
	used    time.Duration // CPU time up to the last answer
	sent    int
	times   []time.Duration
	figures figures
	fault   error
}

// run starts the command and sends it all webhooks.
func (s start) run() (f figures, err error) {
	d := &drive{start: s, done: make(chan struct{})}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return f, err
	}
	server := &http.Server{Handler: d.routes()}
	go func() { _ = server.Serve(listener) }() // until it is closed
	defer server.Close()
	if d.group, err = newGroup(s.setting.mb); err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, d.group.remove()) }()
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	d.process = exec.CommandContext(ctx, s.command.args[0], s.command.args[1:]...)
	d.process.Env = append(s.world.environment(s.setting, listener.Addr().String()), s.command.env...)
	said, err := os.CreateTemp("", "bench-log-")
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, said.Close(), os.Remove(said.Name())) }()
	d.process.Stdout, d.process.Stderr = said, said
	if err := d.begin(); err != nil {
		return f, err
	}
	var exit error
	ended := make(chan struct{})
	go func() {
		exit = d.process.Wait()
		close(ended)
	}()
	select {
	case <-d.done:
		err = d.process.Process.Kill()
		<-ended
	case <-ended:
		err = fmt.Errorf("it ended early: %w", exit)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if err = errors.Join(err, d.fault); err != nil {
		err = fmt.Errorf("%w\nIts log ends with:\n%s", err, endOf(said.Name()))
	}
	return d.figures, err
}

// endOf returns the last lines of a log.
func endOf(file string) string {
	const most = 2000 // bytes
	text, err := os.ReadFile(file)
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-most):])
}

func (d *drive) begin() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.began = time.Now()
	return d.process.Start()
}

func (d *drive) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", d.next)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", d.answer)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/error", d.failed)
	mux.HandleFunc("POST /2018-06-01/runtime/init/error", d.failed)
	return mux
}

// next is asked when the process has nothing to do: after INIT, and after each answer.
func (d *drive) next(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.account(); err != nil && d.fault == nil {
		d.fault = err
	}
	if d.sent == len(d.webhooks) || d.fault != nil {
		d.finish()
		<-r.Context().Done() // It is killed now, and must not begin anything else.
		return
	}
	if d.setting.mb > 0 && d.sent > 0 {
		time.Sleep(slice + 5*time.Millisecond) // Each webhook begins with a whole slice, as it does where traffic is sparse.
	}
	header := w.Header()
	header.Set("Lambda-Runtime-Aws-Request-Id", fmt.Sprintf("request-%d", d.sent))
	header.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(time.Now().Add(30*time.Second).UnixMilli(), 10))
	header.Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:000000000000:function:bench")
	header.Set("Lambda-Runtime-Trace-Id", "Root=1-00000000-000000000000000000000000;Sampled=0")
	header.Set("Content-Type", "application/json")
	d.asked = time.Now()
	_, _ = w.Write(d.webhooks[d.sent]) // a process that is gone is noticed by its end
	d.sent++
}

// account notes what the process has used since it last asked.
func (d *drive) account() error {
	used, err := cpuTime(d.process.Process.Pid)
	if err != nil {
		return err
	}
	spent := used - d.used
	d.used = used
	switch d.sent {
	case 0:
		d.figures.init, d.figures.cpuInit = time.Since(d.began), spent
		return d.group.limit(d.process.Process.Pid)
	case 1:
		d.figures.cpuCold = spent
	default:
		d.figures.cpuWarm += spent
	}
	return nil
}

// finish computes what needs all webhooks.
func (d *drive) finish() {
	if warm := len(d.times) - 1; warm > 0 {
		d.figures.cpuWarm /= time.Duration(warm)
		d.figures.cold = d.times[0]
		d.figures.warm = middle(d.times[1:])
	}
	var err error
	if d.figures.peak, err = peakMemory(d.process.Process.Pid); err != nil && d.fault == nil {
		d.fault = err
	}
	close(d.done)
}

func (d *drive) answer(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.times = append(d.times, time.Since(d.asked))
	if squeezed := strings.ReplaceAll(string(body), " ", ""); err == nil && !strings.Contains(squeezed, d.want) {
		err = fmt.Errorf("webhook %d is answered %.300s, want %s", d.sent, body, d.want)
	}
	if err != nil && d.fault == nil {
		d.fault = err
	}
	w.WriteHeader(http.StatusAccepted)
}

func (d *drive) failed(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fault = errors.Join(fmt.Errorf("%s: %.300s", filepath.Base(r.URL.Path), body), err)
	w.WriteHeader(http.StatusAccepted)
}

func middle[T time.Duration | int64](values []T) T {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// cpuTime returns the CPU time that a process has used, in all its threads: the first number of Linux's schedstat, in
// nanoseconds (Linux kernel documentation, "Scheduler Statistics").
func cpuTime(pid int) (time.Duration, error) {
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err != nil {
		return 0, err
	}
	var total time.Duration
	for _, file := range files {
		text, err := os.ReadFile(file)
		if errors.Is(err, os.ErrNotExist) {
			continue // a thread that has ended
		}
		var ns int64
		if err == nil {
			_, err = fmt.Sscan(string(text), &ns)
		}
		if err != nil {
			return 0, fmt.Errorf("read the CPU time: %w", err)
		}
		total += time.Duration(ns)
	}
	return total, nil
}

// peakMemory returns the most bytes that were resident.
func peakMemory(pid int) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
			return kb << 10, err
		}
	}
	return 0, fmt.Errorf("process %d has no VmHWM", pid)
}
