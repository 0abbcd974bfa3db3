package analysis

import "strings"

// Nearest returns the word that the given one was probably meant to be; empty if none is near.
func Nearest(given string, words []string) string {
	given = strings.ToLower(given)
	best, least := "", max(1, len(given)/3)+1
	for _, w := range words {
		if d := distance(given, strings.ToLower(w), least); d < least {
			best, least = w, d
		}
	}
	return best
}

// distance is how many letters must be added, dropped, changed or swapped with their neighbour to make b of a; it
// stops counting at limit.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	before, row := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next := make([]int, len(b)+1)
		next[0] = i
		for j := 1; j <= len(b); j++ {
			changed := 0
			if a[i-1] != b[j-1] {
				changed = 1
			}
			next[j] = min(row[j]+1, next[j-1]+1, row[j-1]+changed)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, row = row, next
	}
	return row[len(b)]
}
