package main

import (
	"bytes"
	"strings"
	"sync"
)

// A stepOutput keeps what a step writes. Its last line can be asked for while the step runs.
type stepOutput struct {
	lock sync.Mutex
	text bytes.Buffer
}

func (l *stepOutput) Write(p []byte) (int, error) {
	l.lock.Lock()
	defer l.lock.Unlock()
	return l.text.Write(p)
}

func (l *stepOutput) String() string {
	l.lock.Lock()
	defer l.lock.Unlock()
	return l.text.String()
}

func (l *stepOutput) last() string {
	const most = 70
	lines := strings.Split(strings.TrimSpace(l.String()), "\n")
	last := []rune(strings.TrimSpace(lines[len(lines)-1]))
	if len(last) == 0 {
		return ""
	}
	return "(" + string(last[:min(len(last), most)]) + ")"
}
