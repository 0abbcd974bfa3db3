package localaws

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// stopTime is what a process gets to end by itself before it is killed.
const stopTime = 10 * time.Second

// A process is one child in a process group of its own, with its output in a file.
type process struct {
	cmd  *exec.Cmd
	log  string
	done chan struct{} // closed when it has ended
}

// startProcess starts cmd with its output appended to the file log. The child dies with this process, by the
// signal orphaned (Linux only).
func startProcess(cmd *exec.Cmd, log string, orphaned syscall.Signal) (*process, error) {
	out, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = childAttributes(orphaned)
	p := &process{cmd: cmd, log: log, done: make(chan struct{})}
	started := make(chan error)
	go p.run(out, started)
	return p, <-started
}

// run starts the child and waits for it on one thread: the kernel ties "dies with its parent" to the thread
// that started it, and Go may end an idle one.
func (p *process) run(out *os.File, started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer out.Close()
	defer close(p.done)
	err := p.cmd.Start()
	started <- err
	if err == nil {
		_ = p.cmd.Wait() // how it ended is of no interest: it is stopped by signals
	}
}

func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// stop ends the process and what it started, and waits until it is gone.
func (p *process) stop(first syscall.Signal) error {
	if err := p.signal(first); err != nil {
		return err
	}
	select {
	case <-p.done:
	case <-time.After(stopTime):
	}
	if err := p.signal(syscall.SIGKILL); err != nil {
		return err
	}
	<-p.done
	return nil
}

func (p *process) signal(s syscall.Signal) error {
	err := syscall.Kill(-p.cmd.Process.Pid, s)
	if err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("stop process %d: %w", p.cmd.Process.Pid, err)
	}
	return nil
}

// output returns the end of what the process wrote, for a failure's message.
func (p *process) output() string {
	const most = 16 << 10 // bytes
	data, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	if len(data) > most {
		data = data[len(data)-most:]
	}
	return string(data)
}
