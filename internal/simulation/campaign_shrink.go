package simulation

import (
	"fmt"
	"strconv"
	"strings"
)

// Promises are the names of the promises, in their order, and the name under which a panic is counted.
var Promises = []string{"S1", "S2", "S3", "S4", "S5", "S6", "S7", "L1", "L2", panics}

const panics = "running to its end"

// Only restricts a history to the incidents whose hexadecimal numbers are listed, separated by commas.
func (o Options) Only(list string) (Options, error) {
	o.only = map[uint64]bool{}
	for _, word := range strings.Split(list, ",") {
		if word == "" {
			continue
		}
		n, err := strconv.ParseUint(word, 16, 64)
		if err != nil {
			return o, fmt.Errorf("incident %q: %w", word, err)
		}
		o.only[n] = true
	}
	return o, nil
}

// shrink returns a set of incidents, as small as could be found, with which a seed breaks the same promise.
func shrink(v *Violation, o Options) []Incident {
	o.keepIncidents, o.story = true, nil
	s := shrinker{v, o}
	kept := Play(v.Seed, o).incidents
	for chunk := len(kept) / 2; chunk > 0; chunk /= 2 {
		kept = s.without(kept, chunk)
	}
	return s.without(kept, 1)
}

type shrinker struct {
	violation *Violation
	options   Options
}

// without leaves out one chunk after the other while the promise is still broken.
func (s shrinker) without(kept []Incident, chunk int) []Incident {
	for end := len(kept); end > 0; end -= chunk {
		begin := max(0, end-chunk)
		rest := append(append([]Incident(nil), kept[:begin]...), kept[end:]...)
		if happened, still := s.breaks(rest); still {
			kept = happened
			end = min(end, len(kept)+chunk)
		}
	}
	return kept
}

// breaks reports whether the promise is broken with these incidents, and returns those that happened.
func (s shrinker) breaks(incidents []Incident) ([]Incident, bool) {
	s.options.only = map[uint64]bool{}
	for _, i := range incidents {
		s.options.only[i.Number] = true
	}
	r := Play(s.violation.Seed, s.options)
	return r.incidents, r.Violation != nil && r.Violation.Promise == s.violation.Promise
}

// Explain returns the shortest story found that breaks the promise, and the command that replays it.
func Explain(v *Violation, o Options) string {
	incidents := shrink(v, o)
	numbers := make([]string, len(incidents))
	o.only = map[uint64]bool{}
	for i, incident := range incidents {
		numbers[i] = strconv.FormatUint(incident.Number, 16)
		o.only[incident.Number] = true
	}
	text, _ := Replay(v.Seed, o)
	beyond := ""
	if o.Beyond {
		beyond = "-beyond "
	}
	return fmt.Sprintf("%s\nreplay it with:\n  go run ./cmd/simulate %s-replay %d:%s\nthe whole history:\n  go run ./cmd/simulate %s-replay %d\n",
		text, beyond, v.Seed, strings.Join(numbers, ","), beyond, v.Seed)
}

// Replay plays one seed, returns its story, and reports whether a promise was broken.
func Replay(seed uint64, o Options) (text string, broken bool) {
	o.story, o.keepIncidents = &Story{}, true
	r := Play(seed, o)
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d, digest %016x\n", seed, r.Digest)
	fmt.Fprintln(&b, "what the world did:")
	for _, i := range r.incidents {
		fmt.Fprintf(&b, "  %s  %016x  %s\n", stamp(i.At), i.Number, i.Kind)
	}
	if r.Violation == nil {
		fmt.Fprintf(&b, "what happened:\n%sno promise was broken\n", o.story.About(""))
		return b.String(), false
	}
	fmt.Fprintf(&b, "what happened:\n%s%s  %v\n", o.story.About(r.Violation.About), stamp(r.Violation.At), r.Violation)
	return b.String(), true
}
