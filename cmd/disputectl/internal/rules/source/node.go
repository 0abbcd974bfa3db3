package source

import (
	"regexp"

	"disputecloser/cmd/disputectl/internal/rules/analysis"
)

// form is what a node of the file is, by the core schema of YAML 1.2.
type form int

const (
	// refused nodes have been reported already.
	refused form = iota
	null
	boolean
	number
	text
	list
	mapping
)

func (f form) String() string {
	return [...]string{"nothing usable", "null", "a boolean", "a number", "text", "a list", "a mapping"}[f]
}

// node is one value of the file. An alias has its own place, and shares the items of its anchor's list or mapping.
type node struct {
	form    form
	at      Position
	value   string
	items   []*node
	entries []entry
	// size counts the node and everything in it, an alias's target each time.
	size int
}

// entry is one key of a mapping and its value.
type entry struct{ key, value *node }

// start is where a value is reported: a scalar at itself, a list or a mapping at its key.
func (e entry) start() Position {
	if e.value.form == list || e.value.form == mapping || e.value.form == null {
		return e.key.at
	}
	return e.value.at
}

var (
	nullWord = regexp.MustCompile(`^(~|null|Null|NULL)?$`)
	boolWord = regexp.MustCompile(`^(true|True|TRUE|false|False|FALSE)$`)
	numeral  = regexp.MustCompile(`^(0o[0-7]+|0x[0-9a-fA-F]+|` +
		`[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$`)
)

// plainForm is the form of a scalar written without quotes.
func plainForm(value string) form {
	switch {
	case nullWord.MatchString(value):
		return null
	case boolWord.MatchString(value):
		return boolean
	case numeral.MatchString(value):
		return number
	default:
		return text
	}
}

// reader collects what a file says and what is wrong with it.
type reader struct {
	file     string
	findings Findings
	// readable reports whether the file's structure could be read at all.
	readable bool
	places   map[analysis.Path]Position
	broken   []analysis.Path
	docParts
}

func (r *reader) report(at Position, kind analysis.Kind, message, hint string) *Finding {
	r.findings = append(r.findings, Finding{Position: at, Kind: kind, Severity: Error, Message: message, Hint: hint})
	return &r.findings[len(r.findings)-1]
}

// refuse reports a place as malformed, so that what depends on it is not judged.
func (r *reader) refuse(path analysis.Path, at Position, message, hint string) *Finding {
	r.breaks(path)
	return r.report(at, analysis.Malformed, message, hint)
}

func (r *reader) breaks(path analysis.Path) { r.broken = append(r.broken, path) }
