/**
 * Words that the API reference has in one place and needs in several: a property of a class means what the option of its
 * name does, what all classes that are saved have means the same in each, and the options of a weight follow from its name.
 * In the source each is said once; a plugin of TypeDoc, which copies it to where it is looked up.
 */
import { Comment, Converter, DeclarationReflection, ReflectionKind } from 'typedoc';

/**
 * @typedef {import('typedoc').SignatureReflection | DeclarationReflection} Place
 * @typedef {(owner: DeclarationReflection, name: string) => Comment | undefined} Say
 */

/** @type {Readonly<Record<string, string>>} What statics and methods mean in every class that files name. */
const savedWords = {
  className: 'The name under which files have the class.',
  fromConfig: 'Makes one of what `getConfig` gave.',
  getConfig: 'What `fromConfig` needs, as plain JSON.',
};

/** @type {Readonly<Record<string, string>>} What options mean whose name is that of a weight and one of these words. */
const weightWords = {
  Initializer: 'Initial values of the weight ',
  Regularizer: 'What is added to the loss for the weight ',
  Constraint: 'What holds after every update of the weight ',
};

/** @param {string} text */
const saying = (text) => new Comment([{ kind: 'text', text }]);

/** @param {string} name */
function ofWeight(name) {
  const found = Object.entries(weightWords).find(
    ([word]) => name.endsWith(word) && name.length > word.length,
  );
  return found && saying(`${found[1]}\`${name.slice(0, -found[0].length)}\`.`);
}

/**
 * Places of a member where a comment may be: its signatures, or itself.
 *
 * @param {DeclarationReflection} member
 * @returns {readonly Place[]}
 */
function placesOf(member) {
  const { signatures = [], getSignature, setSignature } = member;
  const all = [...signatures, getSignature, setSignature].flatMap((each) => each ?? []);
  return all.length > 0 ? all : [member];
}

/** @param {DeclarationReflection} member */
const commentOf = (member) => placesOf(member).find((place) => place.hasComment())?.comment;

/**
 * Members of a type that is a name, or several that are joined.
 *
 * @param {import('typedoc').SomeType | undefined} type
 * @returns {readonly DeclarationReflection[]}
 */
function membersOf(type) {
  if (type?.type === 'intersection') return type.types.flatMap(membersOf);
  if (type?.type === 'reflection') return type.declaration.children ?? [];
  const target = type?.type === 'reference' ? type.reflection : undefined;
  if (!(target instanceof DeclarationReflection)) return [];
  return target.children ?? membersOf(target.type);
}

/**
 * What the constructors of a class say of a name: a parameter, or an option among the parameters.
 *
 * @type {Say}
 */
function ofConstructor(made, name) {
  const constructors = made.children?.filter(({ kind }) => kind === ReflectionKind.Constructor) ?? [];
  const parameters = constructors.flatMap(({ signatures = [] }) =>
    signatures.flatMap((each) => each.parameters ?? []),
  );
  const direct = parameters.find((parameter) => parameter.name === name && parameter.hasComment());
  if (direct !== undefined) return direct.comment;
  return parameters
    .flatMap(({ type }) => membersOf(type))
    .filter((member) => member.name === name)
    .map(commentOf)
    .find(Boolean);
}

/** @param {import('typedoc').Application} app */
export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => {
    const kinds = ReflectionKind.Class | ReflectionKind.Interface;
    const owners = project
      .getReflectionsByKind(kinds)
      .filter((each) => each instanceof DeclarationReflection);
    /** @param {Say} say */
    const fill = (say) => {
      for (const owner of owners) {
        for (const member of owner.children ?? []) {
          if (member.kind === ReflectionKind.Constructor || commentOf(member) !== undefined) continue;
          const found = say(owner, member.name);
          if (found !== undefined) for (const place of placesOf(member)) place.comment = found.clone();
        }
      }
    };
    const isClass = (/** @type {DeclarationReflection} */ { kind }) => kind === ReflectionKind.Class;
    fill((_owner, name) => ofWeight(name));
    fill((owner, name) => (isClass(owner) ? ofConstructor(owner, name) : undefined));
    fill((owner, name) =>
      isClass(owner) && Object.hasOwn(savedWords, name) ? saying(savedWords[name] ?? '') : undefined,
    );
  });
}
