// How usual a pair of letters is inside English words and API names, 0 (unheard of) to 9, row = first letter, column =
// second. Logarithms of pair counts over uniform, from some 17,000 words of software documentation.
const PAIRS = [
  '27872573735979071989665563', // a
  '72327043651732620653610050', // b
  '82528108607730930658611040', // c
  '74469343822643640673632040', // d
  '86897764543879576998566853', // e
  '60227600822621700544601050', // f
  '53418256601546530754502032', // g
  '72128200700443722546402042', // h
  '76877771014879962688270506', // i
  '40005000300000410060402000', // j
  '52237232600304320163400000', // k
  '83469322904832840266642070', // l
  '85238221722563770253500050', // m
  '84888694735546750489562141', // n
  '66773562536789770977867430', // o
  '83248335702742860867602030', // p
  '01000000200300010000600000', // q
  '94669563905576850787653060', // r
  '63739537825554773379734250', // s
  '84659448920644851887614170', // t
  '66656460602768360777200201', // u
  '70118010600000400022220010', // v
  '63216005602325510651101000', // w
  '30425102500020060226000330', // x
  '43324311501445460354003002', // y
  '40006000300100300010100021', // z
].join('')

/**
 * Could these letters be words, and not a random token? Takes text of letters with any separators (`order-items`,
 * `getUserById`); pairs across a separator do not count. The longer the text, the more usual its pairs must be:
 * of random lower-case texts 0.2 % pass at 20 letters and 6 % at 8; of dictionary words 0.5 % fail.
 * Fewer than six letters are always believed.
 */
export function isWordLike(text: string): boolean {
  let pairs = 0
  let sum = 0
  let before = -1
  for (let i = 0; i < text.length; i++) {
    const letter = (text.charCodeAt(i) | 0x20) - 0x61
    if (letter < 0 || letter > 25) {
      before = -1
      continue
    }
    if (before >= 0) {
      pairs++
      sum += PAIRS.charCodeAt(before * 26 + letter) - 0x30
    }
    before = letter
  }
  if (pairs < 5) return true
  const wanted = pairs < 7 ? 5 : pairs < 11 ? 5.4 : pairs < 15 ? 5.8 : 6
  return sum >= wanted * pairs && !isCaseScrambled(text)
}

// `aBcDxYz`: capitals begin humps of words; three or more humps of under 2.5 letters on average are no words.
function isCaseScrambled(text: string): boolean {
  let humps = 0
  let letters = 0
  let lower = true
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    const isUpper = code >= 0x41 && code <= 0x5a
    if (!isUpper && !(code >= 0x61 && code <= 0x7a)) continue
    letters++
    if (isUpper && lower) humps++
    lower = !isUpper
  }
  return humps >= 3 && letters < humps * 2.5
}
