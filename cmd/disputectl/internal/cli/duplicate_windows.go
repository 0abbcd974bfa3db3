package cli

import "errors"

// duplicate fails with errors.ErrUnsupported. On Windows no path names a descriptor, so nothing asks for it.
func duplicate(int) (int, error) { return 0, errors.ErrUnsupported }
