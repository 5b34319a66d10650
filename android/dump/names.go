package dump

// PackageName reports whether a name has the form that Android demands of package names: words of ASCII letters,
// digits and underscores, joined by dots. Nothing else may enter a command line. The platform's own package is
// "android". Source: android.content.pm.parsing.FrameworkParsingPackageUtils.validateName.
func PackageName[T string | []byte](name T) bool {
	word := 0
	for i := range len(name) {
		c := name[i]
		switch {
		case 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '_':
			word++
		case c == '.' && word > 0:
			word = 0
		default:
			return false
		}
	}
	return word > 0 && len(name) <= maxPackageName
}

// maxPackageName is the longest package name taken; Android's own bound is 223.
const maxPackageName = 255
