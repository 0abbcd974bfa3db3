package simulation

import (
	"fmt"
	"io"

	"disputecloser/shared/closing"
)

// Print writes a campaign's figures.
func (o *Outcome) Print(to io.Writer) {
	f := &o.Figures
	seconds := o.Took.Seconds()
	fmt.Fprintf(to, "%d histories of %.0f days in all, %d disputes, %d actors, %d steps in %.1f s: %.0f seeds/s\n",
		f.Histories, f.VirtualDays, f.Disputes, f.Actors, f.Steps, seconds, float64(f.Histories)/seconds)
	fmt.Fprintf(to, "%d POSTs left, %d were executed\n", f.Posts, f.Executed)
	fmt.Fprintln(to, "\nstates entered:")
	for _, s := range []closing.State{closing.Open, closing.Scheduled, closing.Closing, closing.Closed, closing.Failed, closing.Resolved, closing.Missing} {
		fmt.Fprintf(to, "%10d  %s\n", f.States[s], s)
	}
	fmt.Fprintln(to, "\nwhat the world did:")
	for k := range incidentKinds {
		if f.Faults[k] > 0 {
			fmt.Fprintf(to, "%10d  %s\n", f.Faults[k], k)
		}
	}
	fmt.Fprintln(to, "\nwhat the protocol met:")
	for s := range situations {
		fmt.Fprintf(to, "%10d  %s\n", f.Situations[s], s)
	}
}
