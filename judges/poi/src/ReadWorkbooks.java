import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.poi.openxml4j.util.ZipSecureFile;
import org.apache.poi.ss.usermodel.Cell;
import org.apache.poi.ss.usermodel.FormulaError;
import org.apache.poi.ss.usermodel.Row;
import org.apache.poi.ss.usermodel.Sheet;
import org.apache.poi.ss.usermodel.Workbook;
import org.apache.poi.ss.usermodel.WorkbookFactory;

/**
 * Prints what POI reads of each workbook named on the command line, whatever its format, as lines of JSON: the path as
 * a string, each sheet as {@code {"sheet": name}}, and each of its rows as a list of cells.
 *
 * <p>A text is a string and a number a number; a cell that is neither is a list of what it is: a truth, the name of an
 * error, or else its type and what it shows.
 */
public final class ReadWorkbooks {
    private static final Gson JSON = new GsonBuilder().disableHtmlEscaping().create();

    private final Writer out;

    private ReadWorkbooks(Writer out) {
        this.out = out;
    }

    public static void main(String[] paths) throws IOException {
        OutputStream answers = System.out;
        // What its libraries have to say is no answer.
        System.setOut(System.err);
        // Its guard against hostile files; ours are long and repeat themselves on purpose.
        ZipSecureFile.setMinInflateRatio(0);
        try (Writer out = new BufferedWriter(new OutputStreamWriter(answers, StandardCharsets.UTF_8), 1 << 20)) {
            ReadWorkbooks reader = new ReadWorkbooks(out);
            for (String path : paths) {
                reader.print(path);
            }
        }
    }

    private void print(String path) throws IOException {
        line(path);
        try (Workbook book = WorkbookFactory.create(new File(path), null, true)) {
            for (Sheet sheet : book) {
                line(Map.of("sheet", sheet.getSheetName()));
                for (int number = 0; number <= sheet.getLastRowNum(); number++) {
                    line(cells(sheet.getRow(number)));
                }
            }
        }
    }

    private static List<Object> cells(Row row) {
        List<Object> cells = new ArrayList<>();
        for (int column = 0; row != null && column < row.getLastCellNum(); column++) {
            cells.add(value(row.getCell(column)));
        }
        return cells;
    }

    private static Object value(Cell cell) {
        if (cell == null) {
            return "";
        }
        return switch (cell.getCellType()) {
            case BLANK -> "";
            case STRING -> cell.getStringCellValue();
            case NUMERIC -> cell.getNumericCellValue();
            case BOOLEAN -> List.of(cell.getBooleanCellValue());
            case ERROR -> List.of(FormulaError.forInt(cell.getErrorCellValue()).getString());
            default -> List.of(cell.getCellType().name(), cell.toString());
        };
    }

    private void line(Object value) throws IOException {
        JSON.toJson(value, out);
        out.write('\n');
    }
}
