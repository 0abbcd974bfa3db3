package main

import (
	"os"
	"time"
)

// ahead is how far the drill's time is ahead. A clock that cannot be read must not look like one that is right.
func ahead() time.Duration {
	text, err := os.ReadFile(os.Getenv("DRILL_AHEAD"))
	if err != nil {
		panic(err)
	}
	d, err := time.ParseDuration(string(text))
	if err != nil {
		panic(err)
	}
	return d
}
