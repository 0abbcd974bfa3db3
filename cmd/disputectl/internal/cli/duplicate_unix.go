//go:build unix

package cli

import "syscall"

// duplicate returns another descriptor of the same open file.
func duplicate(descriptor int) (int, error) { return syscall.Dup(descriptor) }
