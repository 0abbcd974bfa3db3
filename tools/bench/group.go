package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"
)

// group is a control group that gives one process a share of a CPU; the zero group gives all of it.
type group struct{ folder string }

var groups atomic.Int64

// newGroup makes the group of a memory size, with version 2 of Linux's control groups, or with version 1 where the CPU is
// controlled by that.
func newGroup(mb int) (group, error) {
	if mb == 0 {
		return group{}, nil
	}
	root, second := "/sys/fs/cgroup/cpu", false
	if _, err := os.Stat("/sys/fs/cgroup/cgroup.controllers"); err == nil {
		root, second = "/sys/fs/cgroup", true
	}
	g := group{filepath.Join(root, fmt.Sprintf("bench-%d-%d", os.Getpid(), groups.Add(1)))}
	if err := os.Mkdir(g.folder, 0o755); err != nil {
		return group{}, fmt.Errorf("limit the CPU: %w", err)
	}
	period, quota := slice.Microseconds(), slice.Microseconds()*int64(mb)/fullMB
	var err error
	if second {
		err = g.write("cpu.max", fmt.Sprintf("%d %d", quota, period))
	} else {
		err = errors.Join(g.write("cpu.cfs_period_us", strconv.FormatInt(period, 10)), g.write("cpu.cfs_quota_us", strconv.FormatInt(quota, 10)))
	}
	if err != nil {
		return group{}, errors.Join(fmt.Errorf("limit the CPU: %w", err), g.remove())
	}
	return g, nil
}

// limit moves a process into the group.
func (g group) limit(pid int) error {
	if g.folder == "" {
		return nil
	}
	return g.write("cgroup.procs", strconv.Itoa(pid))
}

func (g group) write(file, text string) error {
	return os.WriteFile(filepath.Join(g.folder, file), []byte(text), 0o600)
}

// remove removes the group once its process is gone.
func (g group) remove() error {
	if g.folder == "" {
		return nil
	}
	var err error
	for range 100 {
		if err = os.Remove(g.folder); !errors.Is(err, syscall.EBUSY) {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
	return err
}
