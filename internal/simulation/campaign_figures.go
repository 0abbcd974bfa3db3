package simulation

import "disputecloser/shared/closing"

// Figures count what happened in the histories.
type Figures struct {
	Histories, Steps, Actors, Disputes int
	Posts, Executed                    int
	Faults                             [incidentKinds]int
	Situations                         [situations]int
	States                             map[closing.State]int
	// VirtualDays is how much time passed in the histories.
	VirtualDays float64
}

func (f *Figures) saw(s situation) { f.Situations[s]++ }

func (f *Figures) enters(s closing.State) {
	if f.States == nil {
		f.States = map[closing.State]int{}
	}
	f.States[s]++
}

// Add adds another's counts.
func (f *Figures) Add(o *Figures) {
	f.Histories += o.Histories
	f.Steps += o.Steps
	f.Actors += o.Actors
	f.Disputes += o.Disputes
	f.Posts += o.Posts
	f.Executed += o.Executed
	f.VirtualDays += o.VirtualDays
	for i := range f.Faults {
		f.Faults[i] += o.Faults[i]
	}
	for i := range f.Situations {
		f.Situations[i] += o.Situations[i]
	}
	for s, n := range o.States {
		if f.States == nil {
			f.States = map[closing.State]int{}
		}
		f.States[s] += n
	}
}
