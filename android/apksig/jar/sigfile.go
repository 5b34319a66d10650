package jar

import (
	"bytes"
	"crypto"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"appraise/android/apksig/jar/manifest"
	"appraise/internal/limits"
)

// Attributes of a signature file's main section, folded.
var mainAttributes = map[string]int{"signature-version": 0, "x-android-apk-signed": 1, "created-by": 2}

// checkSigFile checks the .SF against the manifest (apksig Signer.verifySigFileAgainstManifest). What is wrong becomes the
// signer's issue; some defects make Android pass over the signer instead.
func (v *verifier) checkSigFile(s *signer) error {
	p := manifest.NewSections(s.text)
	mainSection, ok := p.Next()
	if !ok {
		return malformed(s.sigFile.HeaderOffset, "%s is empty", quoted(s.sigFile.Name))
	}
	main := s.text[mainSection.Start:mainSection.End]
	found := manifest.Values(main, mainAttributes)
	if found[0] == nil {
		s.ignore(missingVersion, "%s names no version", quoted(s.sigFile.Name))
		return nil
	}
	if v.Range.Max >= apiNougat {
		if v.checkStripped(s, found[1]); s.errors.any() {
			return nil
		}
	}
	signtool := strings.Contains(manifest.Decode(found[2]), "signtool")
	whole, err := v.checkWhole(s, main, signtool)
	if err == nil && !signtool {
		err = v.checkMain(s, main)
	}
	if err != nil || s.errors.any() {
		return err
	}
	return v.checkSections(s, p, whole, signtool)
}

func (s *signer) ignore(id, format string, args ...any) {
	s.errors.add(id, format, args...)
	s.ignored = true
}

// checkStripped looks at the list of newer schemes with which the APK is said to be signed: one that a platform of the
// range knows must be there.
func (v *verifier) checkStripped(s *signer, listed []byte) {
	if listed == nil {
		if len(v.newer) > 0 {
			s.warnings.add(noStripProtection, "%s does not say that there are newer signatures", quoted(s.sigFile.Name))
		}
		return
	}
	var missing []int
	for token := range strings.FieldsFuncSeq(manifest.Decode(listed), func(r rune) bool { return r == ',' }) {
		id, err := strconv.ParseInt(trimJava(token), 10, 32)
		switch known := id == 2 || id == 3 && v.Range.Max >= apiPie; {
		case err != nil: // Android skips it
		case !known:
			s.warnings.add(unknownScheme, "%s names the unknown signature scheme %d", quoted(s.sigFile.Name), id)
		case !v.newer[int(id)] && !slices.Contains(missing, int(id)):
			missing = append(missing, int(id))
		}
	}
	slices.Sort(missing)
	for _, id := range missing {
		s.errors.add(missingScheme, "%s says that the APK is signed with scheme v%d, but no such signature is there", quoted(s.sigFile.Name), id)
	}
}

// checkWhole reports whether the .SF has the digest of the whole manifest. Without it, or with a wrong one, the
// sections count, so this is only a warning.
func (v *verifier) checkWhole(s *signer, main []byte, signtool bool) (bool, error) {
	suffix := manifest.OfManifest
	if signtool {
		suffix = manifest.OfSection
	}
	want, err := v.Range.digests(main, manifest.DigestAttributes(suffix))
	if err != nil {
		return false, within(s.sigFile, err)
	}
	if len(want) == 0 {
		s.warnings.add(noManifestDigest, "%s has no digest of the manifest", quoted(s.sigFile.Name))
		return false, nil
	}
	same := true
	for _, d := range want {
		if !bytes.Equal(v.sum(d.Hash), d.Sum) {
			s.warnings.add(digestDidNotVerify, "%v digest of %s in %s is another", d.Hash, manifestName, quoted(s.sigFile.Name))
			same = false
		}
	}
	s.listed = manifest.Strongest(want)
	return same, nil
}

// checkMain checks the digest of the manifest's main section, where there is one.
func (v *verifier) checkMain(s *signer, main []byte) error {
	want, err := v.Range.digests(main, manifest.DigestAttributes(manifest.OfMain))
	switch {
	case err != nil:
		return within(s.sigFile, err)
	case len(want) == 0:
		return nil
	case v.main == nil:
		return malformed(s.sigFile.HeaderOffset, "%s has a digest of the main section of an empty manifest", quoted(s.sigFile.Name))
	}
	check(v.text[v.main.Start:v.main.End], want, func(h crypto.Hash) {
		s.errors.add(mainDidNotVerify, "%v digest of the main section of %s in %s is another", h, manifestName, quoted(s.sigFile.Name))
	})
	return nil
}

// checkSections collects which entries the .SF names. Where the whole manifest isn't verified, each section has to have
// the digest of the manifest's section of that name.
func (v *verifier) checkSections(s *signer, p *manifest.Sections, whole, signtool bool) error {
	s.names = make([]bool, len(v.Files))
	seen, want := map[string]bool{}, manifest.DigestAttributes(manifest.OfSection)
	if !whole {
		s.listed = crypto.SHA512
	}
	for n := 1; ; n++ {
		one, ok := p.Next()
		if !ok {
			return nil
		}
		switch {
		case n > limits.JARSections:
			return overLimit(s.sigFile.HeaderOffset, "%s has more than %d sections", quoted(s.sigFile.Name), limits.JARSections)
		case !one.Named:
			s.ignore(unnamedFileSection, "section %d of %s does not start with a name", n, quoted(s.sigFile.Name))
			return nil
		case seen[one.Name]:
			s.ignore(duplicateFileSection, "more than one section %s in %s", quoted(one.Name), quoted(s.sigFile.Name))
			return nil
		}
		seen[one.Name] = true
		if i, ok := v.Index[one.Name]; ok {
			s.names[i] = true
		}
		if whole {
			continue
		}
		if err := v.checkSection(s, one, want, signtool); err != nil {
			return err
		}
	}
}

// checkSection checks one manifest.Section of the .SF against the manifest's.
func (v *verifier) checkSection(s *signer, one manifest.Section, attributes map[string]int, signtool bool) error {
	listed, ok := v.sections[one.Name]
	if !ok {
		s.ignore(noDigestInFile, "%s names %s, which the manifest does not", quoted(s.sigFile.Name), quoted(one.Name))
		return nil
	}
	want, err := v.Range.digests(s.text[one.Start:one.End], attributes)
	switch {
	case err != nil:
		return within(s.sigFile, fmt.Errorf("section %s: %w", quoted(one.Name), err))
	case len(want) == 0:
		s.errors.add(noDigestInFile, "%s has no digest for %s", quoted(s.sigFile.Name), quoted(one.Name))
		return nil
	}
	text := v.text[listed.Start:listed.End]
	if signtool && bytes.HasSuffix(text, []byte("\n\n")) { // signtool's digest stops short of the empty line
		text = text[:len(text)-1]
	}
	s.listed = min(s.listed, check(text, want, func(h crypto.Hash) {
		s.errors.add(sectionDidNotVerify, "%v digest of the section %s of the manifest in %s is another", h, quoted(one.Name), quoted(s.sigFile.Name))
	}))
	return nil
}

// trimJava is String.trim.
func trimJava(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return r <= ' ' })
}
