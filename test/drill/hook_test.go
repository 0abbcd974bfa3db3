//go:build parts

package drill

import "fmt"

// moment is a moment of a step.
type moment string

const (
	// before is when the request has arrived at the door and nobody has seen it.
	before moment = "before"
	// after is when the request was carried out and its answer has not been passed on.
	after moment = "after"
)

// step is the n-th thing that a function does in an invocation, from 1, towards anybody outside its process.
type step struct {
	n    int
	name string
}

func (s step) String() string { return fmt.Sprintf("%d %s", s.n, s.name) }

// boundary is a moment of a step that was reached.
type boundary struct {
	step step
	at   moment
}

func (b boundary) String() string { return string(b.at) + " " + b.step.String() }

// effect is what befalls a process at a step.
type effect int

const (
	goOn effect = iota
	// die ends the process with SIGKILL.
	die
	// cut ends the connection.
	cut
)

// hook decides what befalls a process. A nil hook lets it go on.
type hook func(s step, m moment) effect

// killAt ends the process at a boundary.
func killAt(b boundary) hook {
	return func(s step, m moment) effect {
		if s.n == b.step.n && m == b.at {
			return die
		}
		return goOn
	}
}

// cutAt ends the connection at one moment of every step of a name.
func cutAt(name string, at moment) hook {
	return func(s step, m moment) effect {
		if s.name == name && m == at {
			return cut
		}
		return goOn
	}
}

// either asks hooks in turn, until one has an effect.
func either(hooks ...hook) hook {
	return func(s step, m moment) effect {
		for _, h := range hooks {
			if h == nil {
				continue
			}
			if e := h(s, m); e != goOn {
				return e
			}
		}
		return goOn
	}
}
