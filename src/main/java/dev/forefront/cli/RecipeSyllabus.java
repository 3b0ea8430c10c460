package dev.forefront.cli;

import dev.forefront.conversation.Sha256;
import dev.forefront.data.DocumentSource;
import dev.forefront.data.Judged;
import dev.forefront.data.Preference;
import dev.forefront.data.sets.Catalogue;
import dev.forefront.data.sets.Measures;
import dev.forefront.data.sets.Sets;
import dev.forefront.data.world.World;
import dev.forefront.train.Recipe;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The built-in world, the catalogue's sets as they lie in a folder, and the recipe's own. */
final class RecipeSyllabus implements Syllabus {
  private final Recipe.Data recipe;
  private final Path folder;
  private final Catalogue catalogue = Catalogue.builtIn();
  private final Sets sets;
  private final Measures measures;
  private final OwnSets own;
  private @Nullable World world;

  /**
   * @param folder where the sets were pulled to
   */
  RecipeSyllabus(Recipe.Data recipe, Path folder) {
    this.recipe = recipe;
    this.folder = folder;
    this.sets = new Sets(catalogue, folder);
    this.measures = new Measures(catalogue, folder);
    this.own = new OwnSets(recipe.own(), catalogue);
  }

  @Override
  public DocumentSource text(String set) {
    if (own.has(set)) {
      return own.text(set);
    }
    return set.equals(World.SOURCE)
        ? DocumentSource.of(set, world().texts())
        : sets.forPretraining(set);
  }

  @Override
  public DocumentSource dialogues(String set) {
    if (own.has(set)) {
      return own.dialogues(set);
    }
    return set.equals(World.SOURCE) ? DocumentSource.of(set, world().talk()) : sets.dialogues(set);
  }

  @Override
  public List<Preference> pairs(String set) {
    if (own.has(set)) {
      return own.pairs(set);
    }
    return set.equals(World.SOURCE) ? world().preferences() : sets.preferences(set);
  }

  @Override
  public List<Judged> judged(String set) {
    return own.has(set) ? own.judged(set) : List.of();
  }

  @Override
  public Collection<String> heldOut() {
    List<String> texts = new ArrayList<>(world().heldOut());
    exams().forEach(set -> texts.addAll(measures.heldOut(set)));
    return texts;
  }

  /** Exams that lie in the folder; the built-in world repeats none of them. */
  private List<String> exams() {
    return named().isEmpty() && recipe.own().isEmpty() ? List.of() : measures.pulled();
  }

  /** The world follows from recipe and code; the sets are what lies on the disk. */
  @Override
  public String digest() {
    StringBuilder lines = new StringBuilder();
    TreeSet<String> read = named();
    read.addAll(exams());
    for (String set : read) {
      lines.append(set).append('\n');
      FolderDigest.lines(folder.resolve(set), lines);
    }
    own.digests().forEach(one -> lines.append(one).append('\n'));
    return "sha256:" + Sha256.hex(lines.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Made when someone first asks: a run whose data is finished never does. */
  private World world() {
    World made = world;
    if (made == null) {
      made = World.generate(recipe.world().seed(), recipe.world().size());
      world = made;
    }
    return made;
  }

  private TreeSet<String> named() {
    TreeSet<String> names = new TreeSet<>();
    Stream.of(recipe.pretrain(), recipe.supervised(), recipe.preference())
        .flatMap(List::stream)
        .map(Recipe.Source::set)
        .filter(set -> !set.equals(World.SOURCE) && !own.has(set))
        .forEach(names::add);
    return names;
  }
}
